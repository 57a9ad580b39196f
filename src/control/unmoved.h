#pragma once

#include "control/client.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A process of a node that does not go by the node's own wall clock.
struct UnmovedProcess {
    std::string node;
    pid_t pid = 0; ///< as the node numbers processes
    std::string program;
    std::string why;
};

/// Those of `nodes` whose wall clock is not the host's, but for their PID 1, which is netlab's.
/// Moves this process into the lab's user namespace and file system for good; it has one thread.
/// Throws std::system_error.
std::vector<UnmovedProcess> find_unmoved(const LabClient& client,
                                         const std::vector<NodeAnswer>& nodes);

} // namespace netlab
