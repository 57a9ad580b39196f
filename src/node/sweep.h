#pragma once

#include <chrono>

#include <sys/types.h>

namespace netlab {

/// Ends every process of a node but its PID 1, `init`: SIGTERM, and SIGKILL after `patience`. Needs
/// nothing of the node's. Returns a child of this process that ends with 0 once there are none.
/// Throws std::system_error. The caller has one thread.
pid_t sweep_node(pid_t init, std::chrono::milliseconds patience);

} // namespace netlab
