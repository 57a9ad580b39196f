#include "graph/components.h"
#include "graph/graph.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;
using netlab::test::TopologyBuilder;

using Parts = std::vector<std::vector<NodeId>>;

// a --- s --- b     c     d --- e
TEST_CASE("nodes that links join are one component, whatever their kind") {
    TopologyBuilder lab;
    lab.hosts({"a", "c", "d", "e"});
    lab.a_switch("s");
    lab.router("b");
    lab.link({"a", "s"});
    lab.link({"s", "b"});
    lab.link({"e", "d"});
    CHECK(components(make_graph(lab.topology)) == Parts{{lab.id("a"), lab.id("s"), lab.id("b")},
                                                        {lab.id("c")},
                                                        {lab.id("d"), lab.id("e")}});
}

// a --- b -x- c
TEST_CASE("a link that is down joins nothing") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.link({"a", "b"});
    lab.link({"b", "c"}).up = false;
    CHECK(components(make_graph(lab.topology)).size() == 2);
}

// a, b, c on one LAN segment
TEST_CASE("a LAN segment joins its ends and is not a node itself") {
    TopologyBuilder lab;
    lab.hosts({"x", "a", "b", "c"});
    lab.link({"c", "a", "b"});
    CHECK(components(make_graph(lab.topology)) ==
          Parts{{lab.id("x")}, {lab.id("a"), lab.id("b"), lab.id("c")}});
}

TEST_CASE("a topology without nodes has no components") {
    CHECK(components(make_graph(Topology{})).empty());
}
