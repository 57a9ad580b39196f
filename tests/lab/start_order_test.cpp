#include "lab/start_order.h"
#include "support/catch.h"

#include <algorithm>

namespace netlab::test {

namespace {

/// Nodes that depend on those of these numbers, each with a service that may take 10 s.
Plan plan_of(const std::vector<std::vector<std::uint32_t>>& depends_on) {
    Plan plan;
    for (const auto& before : depends_on) {
        NodePlan node;
        for (const auto number : before) {
            node.depends_on.push_back(NodeId{number});
        }
        node.run.emplace_back().within = std::chrono::seconds{10};
        plan.nodes.push_back(node);
    }
    return plan;
}

using Ids = std::vector<NodeId>;

} // namespace

// 3 -> 1 -> 0 <- 2 <- 3
TEST_CASE("a node begins after the last of those that it depends on") {
    StartOrder order{plan_of({{}, {0}, {0}, {1, 2}, {}})};
    CHECK(order.first() == Ids{NodeId{0}, NodeId{4}});
    CHECK(order.after(NodeId{4}).empty());
    CHECK(order.after(NodeId{0}) == Ids{NodeId{1}, NodeId{2}});
    CHECK(order.after(NodeId{2}).empty());
    CHECK(order.after(NodeId{1}) == Ids{NodeId{3}});
}

TEST_CASE("a lab may take as long to be ready as its longest chain of nodes") {
    using namespace std::chrono_literals;
    CHECK(longest_wait(plan_of({})) == 0s);
    CHECK(longest_wait(plan_of({{}, {}, {}})) == 10s);
    CHECK(longest_wait(plan_of({{1}, {2}, {}, {}, {0, 3}})) == 40s);
}

} // namespace netlab::test
