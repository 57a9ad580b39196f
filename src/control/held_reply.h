#pragma once

#include "lab/lab.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// An answer to a command. That to a change which gave cables a carrier is held back until packets
/// pass them, while the supervisor goes on with what else it is asked.
class HeldReply {
public:
    HeldReply(std::vector<std::string> frames, std::vector<std::size_t> plugged_in);
    /// What the kernel refused, which goes to the log, too.
    explicit HeldReply(const std::runtime_error& error);

    /// Whether it is to be sent now: packets pass, or should have done so for long.
    bool is_due(const Lab& lab);
    /// Throws std::system_error.
    void send(const UniqueFd& socket) const;

private:
    std::vector<std::string> frames_;
    std::vector<std::size_t> plugged_in_; ///< cables without a noted carrier yet
    std::chrono::steady_clock::time_point give_up_;
};

} // namespace netlab
