#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

namespace {

std::vector<std::string> warnings(const TopologyBuilder& lab) {
    return messages(lab.topology, Severity::warning);
}

} // namespace

// a --- b     c --- d
TEST_CASE("parts that no link joins are named in a warning") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c", "d"});
    lab.link({"a", "b"});
    lab.link({"c", "d"});
    CHECK(only_message(lab.topology, Severity::warning) ==
          "the lab is in 2 parts whose nodes cannot all reach each other: [a, b] [c, d]");
    lab.link({"b", "c"}).up = false;
    CHECK(warnings(lab).size() == 1);
}

// a --- m --- b
TEST_CASE("a host between two subnets keeps them apart, a router joins them") {
    TopologyBuilder lab;
    lab.hosts({"a", "m", "b"});
    lab.link({"a", "m"});
    lab.link({"m", "b"});
    CHECK(only_message(lab.topology, Severity::warning) ==
          "the lab is in 2 parts whose nodes cannot all reach each other: [a, m] [m, b]");
    lab["m"].kind = NodeKind::router;
    CHECK(warnings(lab).empty());
}

// a --- r --- b
TEST_CASE("without routes a router joins nothing, unless a node may set them itself") {
    TopologyBuilder lab;
    lab.hosts({"a", "r", "b"});
    lab["r"].kind = NodeKind::router;
    lab.link({"a", "r"});
    lab.link({"r", "b"});
    lab.topology.routing = RoutingMode::none;
    CHECK(only_message(lab.topology, Severity::warning) ==
          "the lab is in 2 parts whose nodes cannot all reach each other: [a, r] [r, b]");
    lab["a"].exec.emplace_back();
    CHECK(warnings(lab).empty());
}

TEST_CASE("hosts joined pair by pair all reach each other") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.link({"a", "b"});
    lab.link({"b", "c"});
    lab.link({"c", "a"});
    CHECK(warnings(lab).empty());
}

TEST_CASE("one family is enough to reach each other, and a switch alone is no part") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.a_switch("s");
    lab.link({"a", "b"}).ipv6 = lab.no_subnet();
    CHECK(warnings(lab).empty());
}

TEST_CASE("a warning about many parts stays short") {
    TopologyBuilder lab;
    for (int i = 0; i < 500; ++i) {
        lab.host("h" + std::to_string(i));
    }
    CHECK(only_message(lab.topology, Severity::warning) ==
          "the lab is in 500 parts whose nodes cannot all reach each other: [h0] [h1] [h2] [h3] …");
}
