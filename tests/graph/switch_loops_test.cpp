#include "graph/graph.h"
#include "graph/switch_loops.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;
using netlab::test::TopologyBuilder;

namespace {

std::vector<std::vector<std::string>> loops_of(const TopologyBuilder& lab) {
    std::vector<std::vector<std::string>> named;
    for (const auto& loop : switch_loops(make_graph(lab.topology))) {
        named.emplace_back();
        for (const auto id : loop) {
            named.back().push_back(lab.topology.nodes[index(id)].name);
        }
    }
    return named;
}

using Names = std::vector<std::vector<std::string>>;

} // namespace

// s1 - s2 - s3, hosts on each
TEST_CASE("a tree of switches has no loop") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2", "s3"});
    lab.hosts({"h1", "h2"});
    lab.link({"s1", "s2"});
    lab.link({"s2", "s3"});
    lab.link({"h1", "s1"});
    lab.link({"h1", "s3"});
    lab.link({"h2", "s3"});
    CHECK(loops_of(lab).empty());
}

// s1 - s2 - s3 - s1, s3 - s4
TEST_CASE("a triangle of switches is a loop without the switch that hangs on it") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2", "s3", "s4"});
    lab.link({"s1", "s2"});
    lab.link({"s2", "s3"});
    lab.link({"s3", "s1"});
    lab.link({"s3", "s4"});
    CHECK(loops_of(lab) == Names{{"s1", "s2", "s3"}});
}

// s1 = s2
TEST_CASE("two links between two switches are a loop, also if one is down for now") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2"});
    lab.link({"s1", "s2"});
    lab.link({"s1", "s2"}).up = false;
    CHECK(loops_of(lab) == Names{{"s1", "s2"}});
}

TEST_CASE("a link of a switch to itself is a loop") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2"});
    lab.link({"s1", "s1"});
    lab.link({"s1", "s2"});
    CHECK(loops_of(lab) == Names{{"s1"}});
}

// s1 and s2 on one segment, and a link between them
TEST_CASE("a LAN segment can close a loop of switches") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2", "s3"});
    lab.host("h");
    lab.link({"s1", "s2", "h"});
    CHECK(loops_of(lab).empty());
    lab.link({"s1", "s2"});
    CHECK(loops_of(lab) == Names{{"s1", "s2"}});
    lab.link({"s3", "h", "s3"});
    CHECK(loops_of(lab) == Names{{"s1", "s2"}, {"s3"}});
}

// s1 - s2 - s3 - s1 and s3 - s4 - s5 - s3
TEST_CASE("two loops that share a switch are two loops") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2", "s3", "s4", "s5"});
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"s1", "s2"}, {"s2", "s3"}, {"s3", "s1"}, {"s3", "s4"}, {"s4", "s5"}, {"s5", "s3"}}) {
        lab.link({from, to});
    }
    CHECK(loops_of(lab) == Names{{"s1", "s2", "s3"}, {"s3", "s4", "s5"}});
}
