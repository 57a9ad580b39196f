#pragma once

#include "base/ids.h"
#include "plan/plan.h"

#include <chrono>
#include <vector>

namespace netlab {

/// Which nodes may begin when others are ready, by their `depends_on`.
class StartOrder {
public:
    explicit StartOrder(const Plan& plan);

    /// Those that wait for none.
    std::vector<NodeId> first() const;
    /// Those that waited for this one last. To be called once for each node.
    std::vector<NodeId> after(NodeId ready);

private:
    std::vector<std::size_t> waits_for_;          ///< how many, by NodeId
    std::vector<std::vector<NodeId>> dependents_; ///< by NodeId
};

/// How long the services of a lab may take together to be ready: along the longest chain of nodes
/// that wait for each other, what the slowest service of each may take.
std::chrono::seconds longest_wait(const Plan& plan);

} // namespace netlab
