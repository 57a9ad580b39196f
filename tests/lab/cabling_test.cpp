#include "lab/cabling.h"
#include "plan/make_plan.h"
#include "support/catch.h"
#include "support/topology_builder.h"

#include <set>

namespace netlab::test {

// h1 h2 h3 on one segment;  h1 --- sw --- h2
TEST_CASE("no interface of the lab's own namespace has an index that one in a node has") {
    TopologyBuilder builder;
    builder.hosts({"h1", "h2", "h3"});
    builder.switches({"sw"});
    builder.link({"h1", "h2", "h3"});
    builder.link({"h1", "sw"});
    builder.link({"h2", "sw"});
    Diagnostics diagnostics;
    const Plan plan = make_plan(builder.topology, diagnostics);
    std::set<int> in_nodes;
    std::set<int> in_lab;
    std::size_t ports = 0;
    for (const auto& cable : make_cables(plan, InterfaceIndices{2})) {
        for (const auto& side : {cable.sides[0], cable.sides[1]}) {
            (side.node ? in_nodes : in_lab).insert({side.index, side.bridge});
            ports += side.node ? 0 : 1;
        }
    }
    CHECK(ports == 3);
    CHECK(in_lab.size() == 4); // the ports and their bridge
    for (const int index : in_lab) {
        CHECK(in_nodes.count(index) == 0);
    }
}

} // namespace netlab::test
