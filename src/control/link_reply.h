#pragma once

#include "control/request.h"
#include "lab/lab.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// The answer to a request about links. That to a change which gave cables a carrier is held back
/// until packets pass them, while the supervisor goes on with what else it is asked.
class LinkReply {
public:
    /// Carries the request (`links` or `change`) out. Says what the links are at that moment, or
    /// what the kernel refused. Throws InputError.
    LinkReply(Lab& lab, const Request& request);

    /// Whether it is to be sent now: packets pass, or should have done so for long.
    bool is_due(const Lab& lab);
    /// Throws std::system_error.
    void send(const UniqueFd& socket) const;

private:
    std::vector<LinkId> carry_out(Lab& lab, const Request& request);

    std::vector<std::string> frames_;
    std::vector<std::size_t> plugged_in_; ///< cables without a noted carrier yet
    std::chrono::steady_clock::time_point give_up_;
};

} // namespace netlab
