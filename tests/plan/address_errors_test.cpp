#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

namespace {

// a --- b --- c
TopologyBuilder line() {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c"});
    lab.link({"a", "b"});
    lab.link({"b", "c"});
    return lab;
}

} // namespace

TEST_CASE("mistakes in subnets are found") {
    auto lab = line();
    auto& first = lab.topology.links[0];
    auto& second = lab.topology.links[1];
    SECTION("overlap") {
        first.ipv4 = lab.subnet("10.5.0.0/16");
        second.ipv4 = lab.subnet("10.5.7.0/24");
        CHECK(only_message(lab.topology) ==
              "the subnet 10.5.7.0/24 of link 'b-c#1' overlaps 10.5.0.0/16 of link 'a-b#0'");
    }
    SECTION("too small") {
        first.ipv4 = lab.subnet("10.5.0.0/32");
        CHECK(only_message(lab.topology) ==
              "the subnet 10.5.0.0/32 has room for 1, but 2 interfaces need an address in it");
    }
    SECTION("not for subnets") {
        first.ipv4 = lab.subnet("224.1.0.0/24");
        second.ipv6 = lab.subnet("fe80::/64");
        CHECK(messages(lab.topology).size() == 2);
    }
    SECTION("pool too small") {
        lab.topology.addressing.ipv4 = lab.prefix("10.0.0.0/24");
        CHECK(only_message(lab.topology) ==
              "the pool 10.0.0.0/24 is too small: it holds 1 of the 2 subnets that the links "
              "need, and no /24 for link 'b-c#1'");
    }
    SECTION("pool of multicast") {
        lab.topology.addressing.ipv6 = lab.prefix("ff00::/16");
        CHECK(only_message(lab.topology) ==
              "the pool ff00::/16 cannot be handed out: some of it is for multicast (ff00::/8)");
    }
}

TEST_CASE("mistakes in addresses are found") {
    auto lab = line();
    auto& first = lab.topology.links[0];
    auto& end = first.endpoints[0].ipv4;
    SECTION("outside") {
        first.ipv4 = lab.subnet("10.5.0.0/24");
        end = lab.address("10.6.0.1");
        CHECK(only_message(lab.topology) == "10.6.0.1 is outside its link's subnet 10.5.0.0/24");
    }
    SECTION("another length") {
        first.ipv4 = lab.subnet("10.5.0.0/24");
        end = lab.address("10.5.0.1/25");
        CHECK(only_message(lab.topology) ==
              "10.5.0.1/25 says another length than its link's subnet 10.5.0.0/24");
    }
    SECTION("network and broadcast") {
        end = lab.address("10.5.0.0/24");
        lab.topology.links[1].endpoints[0].ipv4 = lab.address("10.6.0.255/24");
        lab.topology.links[1].endpoints[0].ipv6 = lab.address("fd00:9::/64");
        CHECK(messages(lab.topology) ==
              std::vector<std::string>{
                  "10.5.0.0 cannot be an interface's address: it is the network's own address of "
                  "10.5.0.0/24",
                  "10.6.0.255 cannot be an interface's address: it is the broadcast address of "
                  "10.6.0.0/24",
                  "fd00:9:: cannot be an interface's address: it is the subnet-router anycast "
                  "address (RFC 4291) of fd00:9::/64"});
    }
    SECTION("twice, on a link and on a loopback") {
        end = lab.address("10.5.0.1/24");
        lab["c"].loopback.push_back(lab.loopback("10.5.0.1"));
        const auto found = messages(lab.topology);
        REQUIRE(found.size() == 2);
        CHECK(found[1] == "10.5.0.1 is the address of node 'c' and of a:eth0");
    }
    SECTION("special") {
        end = lab.address("127.0.0.5/8");
        CHECK(only_message(lab.topology) ==
              "127.0.0.5 cannot be an interface's address: it is for loopback (127.0.0.0/8), which "
              "every node has already");
    }
    SECTION("on a link without the family") {
        first.ipv4 = lab.no_subnet();
        end = lab.address("10.5.0.1");
        CHECK(only_message(lab.topology) ==
              "link 'a-b#0' has IPv4 turned off, but this end has 10.5.0.1");
    }
}

// a --- s --- b
TEST_CASE("links of one domain that say different things are found") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.a_switch("s");
    lab.link({"a", "s"}).ipv4 = lab.subnet("10.5.0.0/24");
    lab.link({"s", "b"}).ipv4 = lab.subnet("10.6.0.0/24");
    CHECK(only_message(lab.topology) ==
          "link 's-b#1' asks for 10.6.0.0/24, but link 'a-s#0' of the same broadcast domain asks "
          "for 10.5.0.0/24");
    lab.topology.links[1].ipv4 = lab.topology.links[0].ipv4;
    CHECK(messages(lab.topology).empty());
    lab.topology.links[1].endpoints[0].ipv4 = lab.address("10.5.0.9");
    CHECK(only_message(lab.topology) == "a switch port has no address");
}

TEST_CASE("a MAC address said twice in a broadcast domain is found") {
    auto lab = line();
    for (auto& link : lab.topology.links) {
        link.endpoints[1].mac = parse_mac("02:00:00:00:00:01");
    }
    CHECK(messages(lab.topology).empty());
    lab.topology.links[1].endpoints[0].mac = parse_mac("02:00:00:00:00:01");
    CHECK(only_message(lab.topology) ==
          "the MAC address 02:00:00:00:00:01 is used twice in one broadcast domain");
    lab.topology.links[1].endpoints[0].mac = parse_mac("01:00:5e:00:00:01");
    CHECK(only_message(lab.topology) ==
          "01:00:5e:00:00:01 cannot be an interface's MAC address: it is for multicast");
}
