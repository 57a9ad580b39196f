#pragma once

#include "control/client.h"
#include "node/service_board.h"
#include "sys/unique_fd.h"
#include "trial/event_log.h"

#include <filesystem>
#include <list>
#include <set>
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
    /// Looks for other boards, which nodes have that were started anew, and for nodes that have
    /// ended, whose boards say what was true before. Those with other boards, and those without
    /// services, are taken out of `nodes`. Throws std::system_error.
    void renew(std::set<std::string>& nodes);
    /// Writes what services have printed to FOLDER/NODE-SERVICE.log. Throws std::system_error.
    void write_logs(const std::filesystem::path& folder) const;

private:
    struct Watched {
        std::string node;
        std::vector<std::string> services;
        UniqueFd memory;
        ServiceBoard board;
        std::vector<std::string> states; ///< as recorded last
        bool has_ended = false;          ///< the node
    };

    Watched* find(const std::string& node, const UniqueFd& memory);
    void add(NodeHandle handle);
    void note(Watched& watched, std::size_t service, const std::string& state);

    std::filesystem::path lab_;
    EventLog& events_;
    std::list<Watched> watched_;
};

} // namespace netlab
