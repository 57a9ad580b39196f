#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

// h1 --- r1 --- r2 --- h2
TEST_CASE("links draw the subnets that a person can read, ends are numbered in order") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2"});
    lab.routers({"r1", "r2"});
    lab.link({"h1", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "h2"});
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "h1", "eth0") == "10.0.1.1/24 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "r1", "eth0") == "10.0.1.2/24 fd00:6e6c:0:1::2/64");
    CHECK(addresses(plan, "r2", "eth0") == "10.0.2.2/24 fd00:6e6c:0:2::2/64");
    CHECK(addresses(plan, "h2", "eth0") == "10.0.3.2/24 fd00:6e6c:0:3::2/64");
    CHECK(to_string(node(plan, "r1").loopback.at(0)) == "10.255.0.1/32");
    CHECK(to_string(node(plan, "r2").loopback.at(1)) == "fd00:6e6c:ffff::2/128");
    CHECK(node(plan, "h1").loopback.empty());
    CHECK(plan.links[1].subnets.size() == 2);
}

// h1 - s1 - s2 - r1, h2 on s2: one subnet
TEST_CASE("a broadcast domain is one subnet over all its switches") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2"});
    lab.switches({"s1", "s2"});
    lab.router("r1");
    lab.link({"s1", "s2"});
    lab.link({"h1", "s1"});
    lab.link({"r1", "h2"});
    lab.link({"s2", "r1"});
    lab.link({"s2", "h2"});
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "h1", "eth0") == "10.0.1.1/24 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "r1", "eth0") == "10.0.2.1/24 fd00:6e6c:0:2::1/64");
    CHECK(addresses(plan, "r1", "eth1") == "10.0.1.2/24 fd00:6e6c:0:1::2/64");
    CHECK(addresses(plan, "h2", "eth1") == "10.0.1.3/24 fd00:6e6c:0:1::3/64");
    CHECK(node(plan, "s1").interfaces.at(0).addresses.empty());
}

TEST_CASE("prefix4 31 gives point-to-point links .0 and .1 and larger domains what they need") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.topology.addressing.prefix4 = 31;
    lab.link({"a", "b"}).ipv6 = lab.no_subnet();
    lab.link({"a", "b", "c"}).ipv6 = lab.no_subnet();
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "a", "eth0") == "10.0.0.2/31");
    CHECK(addresses(plan, "b", "eth0") == "10.0.0.3/31");
    CHECK(addresses(plan, "a", "eth1") == "10.0.0.9/29");
    CHECK(addresses(plan, "c", "eth0") == "10.0.0.11/29");
}

TEST_CASE("a domain of more than 254 ends draws a shorter prefix") {
    TopologyBuilder lab;
    lab.a_switch("s");
    for (int i = 0; i < 300; ++i) {
        lab.host("h" + std::to_string(i));
        lab.link({"h" + std::to_string(i), "s"});
    }
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "h0", "eth0") == "10.0.2.1/23 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "h299", "eth0") == "10.0.3.44/23 fd00:6e6c:0:1::12c/64");
}

TEST_CASE("a link between switches alone draws no subnet") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2"});
    lab.hosts({"a", "b"});
    lab.link({"s1", "s2"});
    lab.link({"a", "b"});
    const auto plan = planned(lab.topology);
    CHECK(plan.links[0].subnets.empty());
    CHECK(to_string(plan.links[1].subnets.at(0)) == "10.0.1.0/24");
}

TEST_CASE("explicit subnets and addresses win and are not handed out twice") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c", "d"});
    lab.link({"a", "b"});
    lab.link({"b", "c"}).ipv4 = lab.subnet("10.0.1.0/24");
    auto& link = lab.link({"c", "d"});
    link.endpoints[1].ipv4 = lab.address("10.0.2.1/30");
    lab["a"].loopback.push_back(lab.loopback("10.0.3.9"));
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "a", "eth0") == "10.0.4.1/24 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "b", "eth1") == "10.0.1.1/24 fd00:6e6c:0:2::1/64");
    CHECK(addresses(plan, "d", "eth0") == "10.0.2.1/30 fd00:6e6c:0:3::2/64");
    CHECK(addresses(plan, "c", "eth1") == "10.0.2.2/30 fd00:6e6c:0:3::1/64");
    CHECK(to_string(node(plan, "a").loopback.at(0)) == "10.0.3.9/32");
}

TEST_CASE("an address without a length takes its link's, or makes the usual subnet") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    auto& first = lab.link({"a", "b"});
    first.ipv4 = lab.subnet("192.168.7.0/28");
    first.endpoints[0].ipv4 = lab.address("192.168.7.5");
    lab.link({"b", "c"}).endpoints[0].ipv4 = lab.address("172.16.3.9");
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "a", "eth0") == "192.168.7.5/28 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "b", "eth0") == "192.168.7.1/28 fd00:6e6c:0:1::2/64");
    CHECK(addresses(plan, "b", "eth1") == "172.16.3.9/24 fd00:6e6c:0:2::1/64");
    CHECK(addresses(plan, "c", "eth0") == "172.16.3.1/24 fd00:6e6c:0:2::2/64");
}

TEST_CASE("a family can be off for an end, a link, or the lab") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.a_switch("s");
    lab.link({"a", "b"}).ipv6 = lab.no_subnet();
    lab.link({"b", "c"}).endpoints[0].ipv4.off = true;
    lab.link({"a", "s"}).ipv4 = lab.subnet("10.9.0.0/24");
    lab.link({"b", "s"}).ipv4 = lab.no_subnet();
    auto plan = planned(lab.topology);
    CHECK(addresses(plan, "a", "eth0") == "10.0.1.1/24");
    CHECK(addresses(plan, "b", "eth1") == "fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "c", "eth0") == "10.0.2.1/24 fd00:6e6c:0:1::2/64");
    CHECK(addresses(plan, "a", "eth1") == "10.9.0.1/24 fd00:6e6c:0:2::1/64");
    CHECK(addresses(plan, "b", "eth2") == "fd00:6e6c:0:2::2/64");

    lab.topology.addressing.ipv6.reset();
    lab.topology.addressing.loopback6.reset();
    plan = planned(lab.topology);
    CHECK(addresses(plan, "c", "eth0") == "10.0.2.1/24");
    CHECK(addresses(plan, "b", "eth2").empty());
}

TEST_CASE("a router's own loopback replaces the automatic one of its family only") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2", "r3"});
    lab["r1"].loopback.push_back(lab.loopback("10.255.0.1"));
    lab["r2"].loopback.push_back(lab.loopback("fd00::9"));
    lab.link({"r1", "r2", "r3"});
    const auto plan = planned(lab.topology);
    CHECK(node(plan, "r1").loopback.size() == 2);
    CHECK(to_string(node(plan, "r1").loopback[0]) == "10.255.0.1/32");
    CHECK(to_string(node(plan, "r1").loopback[1]) == "fd00:6e6c:ffff::1/128");
    CHECK(to_string(node(plan, "r2").loopback[0]) == "10.255.0.2/32");
    CHECK(to_string(node(plan, "r2").loopback[1]) == "fd00::9/128");
    CHECK(to_string(node(plan, "r3").loopback[0]) == "10.255.0.3/32");
}

TEST_CASE("addresses do not change when a link goes down") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.switches({"s1", "s2"});
    lab.link({"a", "s1"});
    lab.link({"s1", "s2"});
    lab.link({"s2", "b"});
    const auto up = planned(lab.topology);
    lab.topology.links[1].up = false;
    const auto down = planned(lab.topology);
    CHECK(addresses(up, "b", "eth0") == addresses(down, "b", "eth0"));
}

// a - b, and s1 - s2 before it in the file
TEST_CASE("switches that get their first host at the end of the file move nobody") {
    TopologyBuilder lab;
    lab.switches({"s1", "s2"});
    lab.hosts({"a", "b", "c"});
    lab.link({"s1", "s2"});
    lab.link({"a", "b"});
    lab.link({"s1", "c"});
    const auto plan = planned(lab.topology);
    CHECK(addresses(plan, "a", "eth0") == "10.0.1.1/24 fd00:6e6c:0:1::1/64");
    CHECK(addresses(plan, "c", "eth0") == "10.0.2.1/24 fd00:6e6c:0:2::1/64");
}
