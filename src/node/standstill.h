#pragma once

#include <chrono>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A node whose processes are stopped where they are.
struct Standstill {
    pid_t init = 0;             ///< the node's PID 1, a child of this process
    std::vector<pid_t> stood{}; ///< those that stood still before: they stay so
};

/// Stops every process of the nodes, their PID 1 first, by SIGSTOP, which none can refuse, until
/// none runs: from within their PID namespaces, where one signal reaches all, those too that come
/// from outside and that nobody else can tell to be there. Throws std::runtime_error if some run
/// after `patience`, or if it cannot look; then all go on.
void stop_processes(std::vector<Standstill>& nodes,
                    std::chrono::milliseconds patience = std::chrono::seconds{10});

/// Lets them go on, by SIGCONT. Throws std::runtime_error if it cannot look; each PID 1 goes on
/// even then.
void continue_processes(const std::vector<Standstill>& nodes);

} // namespace netlab
