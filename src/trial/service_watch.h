#pragma once

#include "node/service_board.h"
#include "sys/unique_fd.h"
#include "trial/event_log.h"

#include <filesystem>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace netlab {

/// Notes each change of a service's state, by looking at the boards that nodes keep.
class ServiceWatch {
public:
    /// Throws std::system_error.
    ServiceWatch(const std::filesystem::path& lab, EventLog& events);

    /// Looks, and records what has changed since.
    void look();
    /// A node that was started anew has another board. Throws std::system_error.
    void renew();
    /// Writes what services have printed to FOLDER/NODE-SERVICE.log. Throws std::system_error.
    void write_logs(const std::filesystem::path& folder) const;

private:
    struct Watched {
        std::string node;
        std::vector<std::string> services;
        UniqueFd memory;
        ServiceBoard board;
        std::vector<ServiceState> states;
    };

    std::filesystem::path lab_;
    EventLog& events_;
    std::list<Watched> watched_;
};

} // namespace netlab
