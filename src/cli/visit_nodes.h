#pragma once

#include "control/client.h"

#include <functional>
#include <string>
#include <vector>

namespace netlab {

/// A way into the networks of a lab's nodes. While netlab stands in a node's network, what it asks
/// the kernel (a new socket, say) is asked there.
class NodeVisits {
public:
    /// Moves this process into the lab's user namespace for good: the power to enter its nodes
    /// comes with it. Throws std::system_error.
    explicit NodeVisits(LabClient& client);

    /// Calls `look` with each node of these names in turn, in the node's network namespace if the
    /// node runs; else where it was before. Throws InputError for unknown ones, std::system_error.
    void each(const std::vector<std::string>& names,
              const std::function<void(const NodeHandle&)>& look);

private:
    LabClient& client_;
};

} // namespace netlab
