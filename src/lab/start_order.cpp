#include "lab/start_order.h"

#include <algorithm>
#include <iterator>

namespace netlab {

namespace {

Duration wait_for(const NodePlan& node) {
    Duration longest{};
    for (const auto& service : node.run) {
        longest = std::max(longest, service.within);
    }
    return longest;
}

} // namespace

StartOrder::StartOrder(const Plan& plan)
    : waits_for_(plan.nodes.size()), dependents_(plan.nodes.size()) {
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        waits_for_[i] = plan.nodes[i].depends_on.size();
        for (const auto on : plan.nodes[i].depends_on) {
            dependents_[index(on)].push_back(node_id(i));
        }
    }
}

std::vector<NodeId> StartOrder::first() const {
    std::vector<NodeId> nodes;
    for (std::size_t i = 0; i < waits_for_.size(); ++i) {
        if (waits_for_[i] == 0) {
            nodes.push_back(node_id(i));
        }
    }
    return nodes;
}

std::vector<NodeId> StartOrder::after(NodeId ready) {
    std::vector<NodeId> nodes;
    for (const auto dependent : dependents_[index(ready)]) {
        if (--waits_for_[index(dependent)] == 0) {
            nodes.push_back(dependent);
        }
    }
    return nodes;
}

std::chrono::seconds longest_wait(const Plan& plan) {
    StartOrder order{plan};
    std::vector<Duration> until(plan.nodes.size()); ///< each node is ready
    Duration longest{};
    for (auto next = order.first(); !next.empty();) {
        const auto node = next.back();
        next.pop_back();
        auto& own = until[index(node)];
        for (const auto on : plan.nodes[index(node)].depends_on) {
            own = std::max(own, until[index(on)]);
        }
        own += wait_for(plan.nodes[index(node)]);
        longest = std::max(longest, own);
        std::ranges::copy(order.after(node), std::back_inserter(next));
    }
    return std::chrono::ceil<std::chrono::seconds>(longest);
}

} // namespace netlab
