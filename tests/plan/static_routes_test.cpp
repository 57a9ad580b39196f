#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

using Texts = std::vector<std::string>;

// h1 --- r1 --- r2 --- h2
TEST_CASE("hosts with one gateway have a default route, routers know each subnet and loopback") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2"});
    lab.routers({"r1", "r2"});
    lab.link({"h1", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "h2"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "h1") == Texts{"0.0.0.0/0 via 10.0.1.2 eth0"});
    CHECK(routes(plan, "h1", Family::ipv6) == Texts{"::/0 via fd00:6e6c:0:1::2 eth0"});
    CHECK(routes(plan, "r1") ==
          Texts{"10.0.3.0/24 via 10.0.2.2 eth1", "10.255.0.2/32 via 10.0.2.2 eth1"});
    CHECK(routes(plan, "r2") ==
          Texts{"10.0.1.0/24 via 10.0.2.1 eth0", "10.255.0.1/32 via 10.0.2.1 eth0"});
}

//      r2
// r1 <    > r4 --- h
//      r3
TEST_CASE("equal-cost paths become one route of several next hops") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2", "r3", "r4"});
    lab.host("h");
    lab.link({"r1", "r2"});
    lab.link({"r1", "r3"});
    lab.link({"r2", "r4"});
    lab.link({"r3", "r4"});
    lab.link({"r4", "h"});
    auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1") ==
          Texts{"10.0.3.0/24 via 10.0.1.2 eth0", "10.0.4.0/24 via 10.0.2.2 eth1",
                "10.0.5.0/24 via 10.0.1.2 eth0 via 10.0.2.2 eth1",
                "10.255.0.2/32 via 10.0.1.2 eth0", "10.255.0.3/32 via 10.0.2.2 eth1",
                "10.255.0.4/32 via 10.0.1.2 eth0 via 10.0.2.2 eth1"});
    lab.topology.links[3].cost = 2;
    plan = planned(lab.topology);
    CHECK(routes(plan, "r1")[2] == "10.0.5.0/24 via 10.0.1.2 eth0");
}

// a LAN with two routers; net behind each
TEST_CASE("a host with two gateways has exact routes") {
    TopologyBuilder lab;
    lab.hosts({"h", "x", "y"});
    lab.a_switch("s");
    lab.routers({"r1", "r2"});
    lab.link({"h", "s"});
    lab.link({"r1", "s"});
    lab.link({"r2", "s"});
    lab.link({"r1", "x"});
    lab.link({"r2", "y"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "h") ==
          Texts{"10.0.2.0/24 via 10.0.1.2 eth0", "10.0.3.0/24 via 10.0.1.3 eth0",
                "10.255.0.1/32 via 10.0.1.2 eth0", "10.255.0.2/32 via 10.0.1.3 eth0"});
    CHECK(routes(plan, "x") == Texts{"0.0.0.0/0 via 10.0.2.1 eth0"});
}

// a --- (host m) --- b
TEST_CASE("hosts never forward") {
    TopologyBuilder lab;
    lab.hosts({"a", "m", "b"});
    lab.link({"a", "m"});
    lab.link({"m", "b"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "a").empty());
    CHECK(routes(plan, "m").empty());
}

// r1 -x- r2 with a way round by r3
TEST_CASE("a link that is down carries no route, and its subnet is routed to where it still is") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2", "r3"});
    lab.link({"r1", "r2"}).up = false;
    lab.link({"r1", "r3"});
    lab.link({"r3", "r2"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1") ==
          Texts{"10.0.3.0/24 via 10.0.2.2 eth1", "10.255.0.2/31 via 10.0.2.2 eth1"});
}

TEST_CASE("a link without a family carries none of it") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2", "r3"});
    lab.link({"r1", "r2"}).ipv6 = lab.no_subnet();
    lab.link({"r1", "r3"});
    lab.link({"r3", "r2"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1")[1] == "10.255.0.2/32 via 10.0.1.2 eth0");
    CHECK(routes(plan, "r1", Family::ipv6)[1] == "fd00:6e6c:ffff::2/127 via fd00:6e6c:0:1::2 eth1");
}

TEST_CASE("a host's own loopback is reached at the host") {
    TopologyBuilder lab;
    lab.host("h");
    lab.routers({"r1", "r2"});
    lab["h"].loopback.push_back(lab.loopback("10.77.0.1"));
    lab.link({"h", "r1"});
    lab.link({"r1", "r2"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1")[0] == "10.77.0.1/32 via 10.0.1.1 eth0");
    CHECK(routes(plan, "r2")[1] == "10.77.0.1/32 via 10.0.2.1 eth0");
}

// h1 --- h2 --- h3 --- h4
TEST_CASE("in a chain of hosts each reaches its neighbours and their loopbacks, and no more") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2", "h3", "h4"});
    lab["h1"].loopback.push_back(lab.loopback("10.77.0.1"));
    lab.link({"h1", "h2"});
    lab.link({"h2", "h3"});
    lab.link({"h3", "h4"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "h1") == Texts{});
    CHECK(routes(plan, "h2") == Texts{"10.77.0.1/32 via 10.0.1.1 eth0"});
    CHECK(routes(plan, "h3") == Texts{});
    CHECK(routes(plan, "h4") == Texts{});
}

TEST_CASE("routing none leaves only the file's own routes") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2"});
    lab.host("h");
    lab.topology.routing = RoutingMode::none;
    lab.link({"r1", "r2"});
    lab.link({"r2", "h"});
    lab.route("h", "default", "r2");
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1").empty());
    CHECK(routes(plan, "h") == Texts{"0.0.0.0/0 via 10.0.2.1 eth0"});
    CHECK(routes(plan, "h", Family::ipv6).size() == 1);
}

TEST_CASE("parallel links of equal cost share the traffic") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2"});
    lab.host("h");
    lab.link({"r1", "r2"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "h"});
    CHECK(routes(planned(lab.topology), "r1")[0] ==
          "10.0.3.0/24 via 10.0.1.2 eth0 via 10.0.2.2 eth1");
}

// h1 --- r1 --- r2 --- net1
//         |
//        net2
TEST_CASE("every node has its default route towards the nearest way out of the lab") {
    TopologyBuilder lab;
    lab.hosts({"h1"});
    lab.routers({"r1", "r2"});
    lab.ways_out({"net1", "net2"});
    lab.link({"h1", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "net1"});
    lab.link({"r1", "net2"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "h1") == Texts{"0.0.0.0/0 via 10.0.1.2 eth0"});
    CHECK(routes(plan, "r1").front() == "0.0.0.0/0 via 10.0.4.2 eth2");
    CHECK(routes(plan, "r2").front() == "0.0.0.0/0 via 10.0.3.2 eth1");
    CHECK(routes(plan, "r2", Family::ipv6).front() == "::/0 via fd00:6e6c:0:3::2 eth1");
    // Its own leads out of the lab: it comes with its uplink.
    CHECK(routes(plan, "net1").front() == "10.0.1.0/24 via 10.0.3.1 eth0");
}

// h --- LAN --- net
//        |
//        r --- x
TEST_CASE("a host beside a router and a way out has both, each for its own") {
    TopologyBuilder lab;
    lab.hosts({"h", "x"});
    lab.a_switch("s");
    lab.routers({"r"});
    lab.ways_out({"net"});
    lab.link({"h", "s"});
    lab.link({"net", "s"});
    lab.link({"r", "s"});
    lab.link({"r", "x"});
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "h") == Texts{"0.0.0.0/0 via 10.0.1.2 eth0", "10.0.2.0/24 via 10.0.1.3 eth0",
                                     "10.255.0.1/32 via 10.0.1.3 eth0"});
}

TEST_CASE("a default route of the file's own is kept, whatever the ways out") {
    TopologyBuilder lab;
    lab.hosts({"h", "x"});
    lab.ways_out({"net"});
    lab.link({"h", "net"});
    lab.link({"h", "x"});
    lab.route("h", "default", "x");
    CHECK(routes(planned(lab.topology), "h") == Texts{"0.0.0.0/0 via 10.0.2.2 eth1"});
}

// h --- r1 --- r2 --- net
TEST_CASE("routers with routing daemons have the way out of the lab as a route of their own") {
    TopologyBuilder lab;
    lab.hosts({"h"});
    lab.routers({"r1", "r2"});
    lab.ways_out({"net"});
    lab.link({"h", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "net"});
    for (auto& node : lab.topology.nodes) {
        node.daemons.ospf = node.kind == NodeKind::router;
    }
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1") == Texts{"0.0.0.0/0 via 10.0.2.2 eth1"});
    CHECK(routes(plan, "r2") == Texts{"0.0.0.0/0 via 10.0.3.2 eth1"});
    CHECK(routes(plan, "h") == Texts{"0.0.0.0/0 via 10.0.1.2 eth0"});
}
