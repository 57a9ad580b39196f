#pragma once

#include "base/limits.h"
#include "control/client.h"
#include "netlink/read.h"

#include <string>
#include <vector>

namespace netlab {

/// A node as the kernel has it now.
struct NodeState {
    std::string name;
    std::string kind;
    bool running = false;
    std::string end; ///< how it ended, if it did
    bool stopped = false;
    bool paused = false;
    Limits limits;
    std::vector<InterfaceState> interfaces;
    std::vector<RouteState> routes;
    std::vector<PublishedPort> publish;
};

/// Reads the selected nodes back from the kernel, each in its own network namespace. Moves this
/// process into the lab's user namespace for good: the power to enter its nodes comes with it.
/// Throws InputError, std::system_error.
std::vector<NodeState> read_states(LabClient& client, const std::vector<std::string>& patterns);

} // namespace netlab
