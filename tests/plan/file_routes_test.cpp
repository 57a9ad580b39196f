#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

using Texts = std::vector<std::string>;

namespace {

// h --- r1 --- r2 --- x
TopologyBuilder row() {
    TopologyBuilder lab;
    lab.hosts({"h", "x"});
    lab.routers({"r1", "r2"});
    lab.link({"h", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "x"});
    return lab;
}

} // namespace

TEST_CASE("a route of the file stands beside the computed ones") {
    auto lab = row();
    lab.route("r1", "192.168.0.0/16", "10.0.2.2").metric = 50;
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1").back() == "192.168.0.0/16 via 10.0.2.2 eth1");
    CHECK(node(plan, "r1").routes[2].metric == 50);
    CHECK(routes(plan, "r1").size() == 3);
}

TEST_CASE("a route of the file replaces the computed one of the same prefix") {
    auto lab = row();
    lab.route("r1", "10.0.3.0/24", "10.0.1.1");
    lab.route("h", "default", "10.0.1.99");
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1")[0] == "10.0.3.0/24 via 10.0.1.1 eth0");
    CHECK(routes(plan, "r1").size() == 2);
    CHECK(routes(plan, "h") == Texts{"0.0.0.0/0 via 10.0.1.99 eth0"});
}

TEST_CASE("a node as via is its address on the first shared link, in both families for default") {
    auto lab = row();
    lab.link({"r1", "r2"});
    lab.route("r1", "default", "r2");
    lab.route("r1", "2001:db8::/32", "r2");
    const auto plan = planned(lab.topology);
    CHECK(routes(plan, "r1")[0] == "0.0.0.0/0 via 10.0.2.2 eth1");
    CHECK(routes(plan, "r1", Family::ipv6)[0] == "::/0 via fd00:6e6c:0:2::2 eth1");
    CHECK(routes(plan, "r1", Family::ipv6)[1] == "2001:db8::/32 via fd00:6e6c:0:2::2 eth1");
}

TEST_CASE("an interface chooses among shared links, or is a route by itself") {
    auto lab = row();
    lab.link({"r1", "r2"});
    lab.route("r1", "192.0.2.0/24", "r2", "eth2");
    lab.route("r1", "198.51.100.0/24", "", "eth0");
    const auto plan = planned(lab.topology);
    CHECK(node(plan, "r1").routes.size() > 4);
    const auto texts = routes(plan, "r1");
    CHECK(std::count(texts.begin(), texts.end(), "192.0.2.0/24 via 10.0.4.2 eth2") == 1);
    CHECK(std::count(texts.begin(), texts.end(), "198.51.100.0/24 on eth0") == 1);
}

TEST_CASE("a compressed route never takes the place of a route of the file") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2"});
    lab.hosts({"a", "b", "c"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "a"});
    lab.link({"r2", "b"});
    lab.link({"r1", "c"});
    CHECK(routes(planned(lab.topology), "r1")[0] == "10.0.2.0/23 via 10.0.1.2 eth0");
    lab.route("r1", "10.0.2.0/23", "c");
    CHECK(routes(planned(lab.topology), "r1") ==
          Texts{"10.0.2.0/23 via 10.0.4.2 eth1", "10.0.2.0/24 via 10.0.1.2 eth0",
                "10.0.3.0/24 via 10.0.1.2 eth0", "10.255.0.2/32 via 10.0.1.2 eth0"});
}

TEST_CASE("a route that cannot be is an error that says why") {
    auto lab = row();
    SECTION("via an address of no subnet of the node") {
        lab.route("h", "default", "10.0.9.1");
        CHECK(only_message(lab.topology) == "10.0.9.1 is on no subnet of 'h'");
    }
    SECTION("via its own address") {
        lab.route("h", "default", "10.0.1.1");
        CHECK(only_message(lab.topology) == "a route of 'h' cannot go via 10.0.1.1: it is its own "
                                            "address");
    }
    SECTION("via a node that is not beside it") {
        lab.route("h", "default", "r2");
        CHECK(only_message(lab.topology) == "'h' and 'r2' share no subnet");
    }
    SECTION("by an interface that it does not have") {
        lab.route("h", "10.9.0.0/16", "", "eth7");
        CHECK(only_message(lab.topology) == "'h' has no interface 'eth7'");
    }
    SECTION("from one family to the other") {
        lab.route("h", "fd00:9::/64", "10.0.1.2");
        CHECK(only_message(lab.topology) ==
              "fd00:9::/64 cannot be reached via 10.0.1.2: one is IPv4, the other IPv6");
    }
    SECTION("over a link that is down") {
        lab.topology.links[0].up = false;
        lab.route("h", "default", "10.0.1.2");
        CHECK(only_message(lab.topology) == "this route goes over link 'h-r1#0', which is down");
    }
    SECTION("twice") {
        lab.route("h", "10.9.0.0/16", "10.0.1.2");
        lab.route("h", "10.9.0.0/16", "r1");
        CHECK(only_message(lab.topology) == "'h' has two routes to 10.9.0.0/16 of the same metric");
    }
    SECTION("to a subnet that is at hand") {
        lab.route("h", "10.0.1.0/24", "10.0.1.2");
        CHECK(only_message(lab.topology) == "'h' is joined to 10.0.1.0/24 by eth0 already");
    }
}
