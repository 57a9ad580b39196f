#include "base/diagnostic.h"
#include "fault/separation.h"
#include "plan/planned.h"
#include "support/catch.h"

#include <algorithm>
#include <set>

using namespace netlab;
using namespace netlab::test;

namespace {

/// n0, n1, … on one switch, which is the last node.
Plan cluster(std::size_t size) {
    TopologyBuilder lab;
    for (std::size_t i = 0; i < size; ++i) {
        lab.host("n" + std::to_string(i));
    }
    lab.switches({"sw"});
    for (std::size_t i = 0; i < size; ++i) {
        lab.link({"n" + std::to_string(i), "sw"});
    }
    return planned(lab.topology);
}

std::vector<NodeId> first(std::size_t count) {
    std::vector<NodeId> nodes;
    for (std::size_t i = 0; i < count; ++i) {
        nodes.push_back(node_id(i));
    }
    return nodes;
}

/// Whom a node does not hear.
std::set<std::size_t> unheard(const Partition& partition, std::size_t node) {
    std::set<std::size_t> senders;
    for (const auto& one : partition.separations) {
        if (std::ranges::find(one.to, node_id(node)) != one.to.end()) {
            for (const auto id : one.from) {
                senders.insert(index(id));
            }
        }
    }
    return senders;
}
using Nodes = std::set<std::size_t>;

std::string refusal(const Plan& plan, const Sides& sides, bool one_way = false) {
    try {
        part(plan, sides, one_way);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("no side hears another, and who is on none hears all and is heard") {
    const auto plan = cluster(5);
    const auto parted = part(plan, {{node_id(0)}, {node_id(1), node_id(2)}, {node_id(3)}}, false);
    CHECK(unheard(parted, 0) == Nodes{1, 2, 3});
    CHECK(unheard(parted, 1) == Nodes{0, 3});
    CHECK(unheard(parted, 3) == Nodes{0, 1, 2});
    CHECK(unheard(parted, 4).empty());
    CHECK(parted.what == "n0 | n1, n2 | n3");
}

TEST_CASE("one way, the second side does not hear the first, which hears it") {
    const auto plan = cluster(3);
    const auto parted = part(plan, {{node_id(0)}, {node_id(1)}}, true);
    CHECK(unheard(parted, 0).empty());
    CHECK(unheard(parted, 1) == Nodes{0});
    CHECK(parted.what == "n0 -> n1");
}

TEST_CASE("sides that overlap, are empty or too few, and switches on one, are mistakes") {
    const auto plan = cluster(4);
    CHECK(refusal(plan, {{node_id(0)}, {node_id(1), node_id(0)}}) ==
          "node n0 is on two sides of the partition");
    CHECK(refusal(plan, {{node_id(0)}}) == "a partition has two sides or more");
    CHECK(refusal(plan, {{node_id(0)}, {}}) == "a side of a partition has no nodes");
    CHECK(refusal(plan, {{node_id(0)}, {node_id(4)}}) ==
          "node sw is a switch, which is on no side");
    CHECK(refusal(plan, {{node_id(0)}, {node_id(1)}, {node_id(2)}}, true) ==
          "one way is from one side to another: it takes two");
    CHECK_THROWS_AS(part(plan, first(3), Shape::ring, {}), InputError);
    CHECK_THROWS_AS(part(plan, {node_id(0), node_id(4)}, Shape::halves, {}), InputError);
}

TEST_CASE("a bridge is heard by both halves and hears both") {
    const auto plan = cluster(5);
    const auto parted = part(plan, first(5), Shape::bridge, {});
    CHECK(unheard(parted, 0) == Nodes{3, 4});
    CHECK(unheard(parted, 2).empty());
    CHECK(unheard(parted, 4) == Nodes{0, 1});
    CHECK(parted.what == "n0, n1 | n3, n4; n2 hears both");
}

TEST_CASE("of an odd number the second half is the majority") {
    const auto parted = part(cluster(5), first(5), Shape::halves, {});
    CHECK(unheard(parted, 0) == Nodes{2, 3, 4});
    CHECK(unheard(parted, 4) == Nodes{0, 1});
}

TEST_CASE("in a ring each node hears its two neighbours") {
    const auto parted = part(cluster(6), first(6), Shape::ring, {});
    CHECK(unheard(parted, 0) == Nodes{2, 3, 4});
    CHECK(unheard(parted, 5) == Nodes{1, 2, 3});
}

TEST_CASE("in a majority ring each hears a majority, no two the same one, and both ways alike") {
    for (std::size_t size = 4; size < 20; ++size) {
        const auto parted = part(cluster(size), first(size), Shape::majority_ring, {});
        std::set<Nodes> seen;
        for (std::size_t i = 0; i < size; ++i) {
            const auto not_heard = unheard(parted, i);
            INFO(size << " nodes, node " << i);
            CHECK(!not_heard.empty());
            CHECK((size - not_heard.size()) * 2 > size);
            CHECK(seen.insert(not_heard).second);
            for (const auto other : not_heard) {
                CHECK(unheard(parted, other).contains(i));
            }
        }
    }
}

TEST_CASE("a seed gives the nodes of a shape an order, the same each time") {
    const auto plan = cluster(20);
    const auto once = part(plan, first(20), Shape::halves, 7);
    CHECK(once.separations == part(plan, first(20), Shape::halves, 7).separations);
    CHECK(once.separations != part(plan, first(20), Shape::halves, 8).separations);
    CHECK(once.separations != part(plan, first(20), Shape::halves, {}).separations);
}
