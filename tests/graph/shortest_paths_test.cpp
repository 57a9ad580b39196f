#include "graph/routed_parts.h"
#include "graph/shortest_paths.h"
#include "support/catch.h"

using namespace netlab;

using Hops = std::vector<FirstHop>;

namespace {

Attachment at(std::uint32_t node, std::uint32_t domain, std::uint32_t cost = 1) {
    return {node_id(node), domain, cost};
}

} // namespace

// 0 -d0- 1 -d1- 3, 0 -d2- 2 -d3- 3
TEST_CASE("equal-cost paths give all their first hops") {
    const RoutedGraph graph{
        {true, true, true, true},
        4,
        {at(0, 0), at(1, 0), at(1, 1), at(3, 1), at(0, 2), at(2, 2), at(2, 3), at(3, 3)}};
    auto paths = ShortestPaths::from_node(graph, node_id(0));
    const auto far = paths.to_node(node_id(3));
    REQUIRE(far);
    CHECK(far->distance == 2);
    CHECK(paths.hops(far->hops) == Hops{{0, 1}, {4, 5}});
    CHECK(paths.to_domain(1)->distance == 2);
    CHECK(paths.hops(paths.to_domain(1)->hops) == Hops{{0, 1}});
    CHECK(paths.to_domain(0)->hops == 0);
}

TEST_CASE("the cost of the end by which a node leaves counts, the other end's does not") {
    const RoutedGraph graph{{true, true, true, true},
                            4,
                            {at(0, 0, 1), at(1, 0, 900), at(1, 1, 1), at(3, 1, 900), at(0, 2, 1),
                             at(2, 2, 1), at(2, 3, 2), at(3, 3, 1)}};
    auto there = ShortestPaths::from_node(graph, node_id(0));
    CHECK(there.to_node(node_id(3))->distance == 2);
    CHECK(there.hops(there.to_node(node_id(3))->hops) == Hops{{0, 1}});
    auto back = ShortestPaths::from_node(graph, node_id(3));
    CHECK(back.to_node(node_id(0))->distance == 2);
    CHECK(back.hops(back.to_node(node_id(0))->hops) == Hops{{7, 6}});
}

// 0 -d0- (1, a host) -d1- 2
TEST_CASE("a node that does not forward is reached but not passed") {
    const RoutedGraph graph{{true, false, true}, 2, {at(0, 0), at(1, 0), at(1, 1), at(2, 1)}};
    auto paths = ShortestPaths::from_node(graph, node_id(0));
    CHECK(paths.to_node(node_id(1))->distance == 1);
    CHECK_FALSE(paths.to_domain(1));
    CHECK_FALSE(paths.to_node(node_id(2)));
    auto host = ShortestPaths::from_node(graph, node_id(1));
    CHECK(host.to_node(node_id(0))->distance == 1);
    CHECK(host.to_node(node_id(2))->distance == 1);
}

// 0 =d0= 1: both of 0's ends are in the one domain
TEST_CASE("two own ends in a domain are two ways to the neighbour's first end") {
    const RoutedGraph graph{{true, true}, 2, {at(0, 0), at(0, 0), at(1, 0), at(1, 0), at(1, 1)}};
    auto paths = ShortestPaths::from_node(graph, node_id(0));
    CHECK(paths.hops(paths.to_domain(1)->hops) == Hops{{0, 2}, {1, 2}});
}

// hosts on d0 with routers 0 and 1; 0 -d1- 2, 1 -d2- 2; d3 behind 2
TEST_CASE("the hosts of a domain with two routers share its paths") {
    const RoutedGraph graph{
        {true, true, true, false},
        4,
        {at(0, 0), at(1, 0), at(3, 0), at(0, 1), at(2, 1), at(1, 2), at(2, 2), at(2, 3)}};
    auto paths = ShortestPaths::from_domain(graph, 0);
    CHECK(paths.hops(paths.to_domain(1)->hops) == Hops{{FirstHop::any_end, 0}});
    CHECK(paths.hops(paths.to_domain(3)->hops) ==
          Hops{{FirstHop::any_end, 0}, {FirstHop::any_end, 1}});
}

// A router that is as near by another router's domain as by its own: the domains are finished in
// either order.
TEST_CASE("a router reached through two domains at one distance has the hops of both") {
    // 0 -d0- 1, 0 -d1- 2, and 1, 2 and 3 all on d2; 1 and 3 on d3 too
    const RoutedGraph graph{
        {true, true, true, true},
        4,
        {at(0, 0), at(1, 0), at(0, 1), at(2, 1), at(1, 2), at(2, 2), at(3, 2), at(1, 3), at(3, 3)}};
    auto paths = ShortestPaths::from_node(graph, node_id(0));
    CHECK(paths.hops(paths.to_node(node_id(3))->hops) == Hops{{0, 1}, {2, 3}});
}

// 0 - (1 host) - 2 in domains 0 and 1; 3 alone
TEST_CASE("routed parts overlap in hosts with an end in each") {
    const RoutedGraph graph{
        {true, false, true, false}, 2, {at(0, 0), at(1, 0), at(1, 1), at(2, 1)}};
    CHECK(routed_parts(graph, graph) == std::vector<std::vector<NodeId>>{{node_id(0), node_id(1)},
                                                                         {node_id(1), node_id(2)},
                                                                         {node_id(3)}});
}
