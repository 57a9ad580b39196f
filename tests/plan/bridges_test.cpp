#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;
using namespace std::chrono_literals;

// h --- s1 --- s2
TEST_CASE("a switch is a bridge without a spanning tree where there is no loop") {
    TopologyBuilder lab;
    lab.host("h");
    lab.switches({"s1", "s2"});
    lab.link({"h", "s1"}).mtu = 9000;
    lab.link({"s1", "s2"}).mtu = 1400;
    lab["s2"].ageing = 20s;
    const auto plan = planned(lab.topology);
    const auto& bridge = node(plan, "s1").bridge;
    REQUIRE(bridge);
    CHECK(bridge->name == "br0");
    CHECK_FALSE(bridge->stp);
    CHECK(bridge->mtu == 1400);
    CHECK(bridge->forward_delay == 2s);
    CHECK(bridge->ageing == 300s);
    CHECK(node(plan, "s2").bridge->ageing == 20s);
    CHECK_FALSE(node(plan, "h").bridge);
}

// s1 - s2 - s3 - s1, s3 - s4
TEST_CASE("switches on a loop run a spanning tree unless the file says no, with a warning") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2", "s3", "s4"});
    lab.link({"s1", "s2"});
    lab.link({"s2", "s3"});
    lab.link({"s3", "s1"});
    lab.link({"s3", "s4"});
    lab["s4"].stp = StpMode::on;
    const auto plan = planned(lab.topology);
    CHECK(node(plan, "s1").bridge->stp);
    CHECK(node(plan, "s3").bridge->stp);
    CHECK(node(plan, "s4").bridge->stp);
    CHECK(messages(lab.topology, Severity::warning).empty());

    lab["s2"].stp = StpMode::off;
    CHECK_FALSE(node(planned(lab.topology), "s2").bridge->stp);
    CHECK(only_message(lab.topology, Severity::warning) ==
          "'s2' runs without a spanning tree on a loop of switches: s1, s2, s3");
}

TEST_CASE("a LAN segment is a bridge in the lab's namespace with a port for each end") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.link({"a", "b"});
    lab.link({"a", "b", "c"}).mtu = 1400;
    const auto plan = planned(lab.topology);
    CHECK_FALSE(plan.links[0].segment);
    REQUIRE(plan.links[1].segment);
    CHECK(plan.links[1].segment->bridge.name == "lan1");
    CHECK(plan.links[1].segment->bridge.mtu == 1400);
    CHECK(plan.links[1].segment->ports == std::vector<std::string>{"lan1p0", "lan1p1", "lan1p2"});
}

TEST_CASE("no port of a switch is named as its bridge") {
    TopologyBuilder lab;
    lab.topology.addressing = {};
    lab.topology.routing = RoutingMode::none;
    lab.host("h");
    lab.a_switch("t");
    lab.link({"h", "t:br0"});
    CHECK(only_message(lab.topology) == "'br0' is the name of the bridge inside switch 't'");
}
