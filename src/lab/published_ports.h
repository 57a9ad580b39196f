#pragma once

#include "plan/plan.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <vector>

#include <sys/types.h>

namespace netlab {

struct Lab;

/// Takes every port of the host's that the nodes of `plan` publish, in their order, in the caller's
/// network namespace: the host's. Throws LabError.
std::vector<UniqueFd> open_published_ports(const Plan& plan);

/// The published ports of a lab and the process that serves them. The supervisor keeps the ports,
/// so that none is lost with the process.
class PublishedPorts {
public:
    PublishedPorts() = default;
    /// `sockets` as open_published_ports gives them.
    explicit PublishedPorts(std::vector<UniqueFd> sockets) : sockets_(std::move(sockets)) {}

    /// Starts the process, if there is anything to serve. Throws std::system_error.
    void serve(const Lab& lab);
    /// Whether the process has ended and no other has taken its place.
    bool are_lost() const { return lost_; }
    /// Ends the process; another that knows the nodes as they are now takes its place when its end
    /// is noted.
    void renew() const;
    /// Takes note of the end of the process, which has been waited for.
    void lose();
    /// Whether `pid` is the process.
    bool is(pid_t pid) const { return pid == process_; }

private:
    std::vector<UniqueFd> sockets_;
    pid_t process_ = -1;
    bool lost_ = false;
    std::chrono::steady_clock::time_point begun_;
};

} // namespace netlab
