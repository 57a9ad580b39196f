#include "netlink/address_requests.h"
#include "netlink/read.h"
#include "netlink/route_requests.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <algorithm>

using namespace netlab;
using namespace netlab::test;

namespace {

/// A router with the two uplinks of the picture below, everything up.
struct Router : Home {
    Router() {
        carry_out(socket, [](Batch& batch) {
            new_veth(batch, 0, {.name = "east", .index = 10}, {.name = "east-far", .index = 11});
            new_veth(batch, 0, {.name = "west", .index = 12}, {.name = "west-far", .index = 13});
            for (const int index : {10, 11, 12, 13}) {
                set_up(batch, 0, index);
            }
            add_address(batch, 0, 10, interface_address("10.0.1.1/24"));
            add_address(batch, 0, 12, interface_address("10.0.2.1/24"));
            add_address(batch, 0, 10, interface_address("fd00:1::1/64"));
            add_address(batch, 0, 12, interface_address("fd00:2::1/64"));
        });
        wait_until_ready(socket);
    }

    void add(const NewRoute& route) {
        carry_out(socket, [&](Batch& batch) { add_route(batch, 0, route); });
    }
};

RouteState read_back(const std::string& to) {
    for (auto& route : Reader{}.routes()) {
        if (route.to == prefix(to)) {
            return route;
        }
    }
    throw std::runtime_error{"there is no route to " + to};
}

} // namespace

//   .2 --- east 10.0.1.1, fd00:1::1  router  10.0.2.1, fd00:2::1 west --- .2
TEST_CASE("a route goes through its gateway, in both families") {
    Router router;
    router.add({prefix("10.9.0.0/16"), {{address("10.0.1.2"), 10}}, 50});
    router.add({prefix("fd00:9::/32"), {{address("fd00:1::2"), 10}}, {}});

    const auto ipv4 = ip("-4 route show 10.9.0.0/16").at(0);
    CHECK(ipv4.at("gateway") == "10.0.1.2");
    CHECK(ipv4.at("dev") == "east");
    CHECK(ipv4.at("metric") == 50);
    CHECK(ipv4.at("protocol") == "static");
    const auto ipv6 = ip("-6 route show fd00:9::/32").at(0);
    CHECK(ipv6.at("gateway") == "fd00:1::2");
    CHECK(ipv6.at("metric") == 1024);

    const auto state = read_back("10.9.0.0/16");
    REQUIRE(state.hops.size() == 1);
    CHECK(state.hops[0].via == address("10.0.1.2"));
    CHECK(state.hops[0].interface == "east");
    CHECK(state.metric == 50);
    CHECK(state.protocol == "static");
    CHECK(state.scope == "global");
    CHECK(state.type == "unicast");
    CHECK(read_back("fd00:9::/32").hops.at(0).via == address("fd00:1::2"));
}

TEST_CASE("several next hops share a route, in both families") {
    Router router;
    router.add({prefix("10.9.0.0/16"), {{address("10.0.1.2"), 10}, {address("10.0.2.2"), 12}}, {}});
    router.add(
        {prefix("fd00:9::/32"), {{address("fd00:1::2"), 10}, {address("fd00:2::2"), 12}}, {}});
    for (const auto* to : {"-4 route show 10.9.0.0/16", "-6 route show fd00:9::/32"}) {
        const auto hops = ip(to).at(0).at("nexthops");
        REQUIRE(hops.size() == 2);
        CHECK(hops.at(0).at("dev") == "east");
        CHECK(hops.at(1).at("dev") == "west");
        CHECK(hops.at(0).at("weight") == 1);
    }
    for (const auto* to : {"10.9.0.0/16", "fd00:9::/32"}) {
        const auto state = read_back(to);
        REQUIRE(state.hops.size() == 2);
        CHECK(state.hops[0].interface == "east");
        CHECK(state.hops[1].interface == "west");
        CHECK(state.hops[1].weight == 1);
    }
    CHECK(read_back("fd00:9::/32").hops.at(1).via == address("fd00:2::2"));
}

TEST_CASE("the default route is the prefix of length 0") {
    Router router;
    router.add({prefix("0.0.0.0/0"), {{address("10.0.1.2"), 10}}, {}});
    router.add({prefix("::/0"), {{address("fd00:1::2"), 10}}, {}});
    CHECK(ip("-4 route show default").at(0).at("gateway") == "10.0.1.2");
    CHECK(ip("-6 route show default").at(0).at("gateway") == "fd00:1::2");
    CHECK(read_back("0.0.0.0/0").hops.at(0).via == address("10.0.1.2"));
    CHECK(read_back("::/0").hops.at(0).via == address("fd00:1::2"));
}

TEST_CASE("a route without a gateway leads onto the interface") {
    Router router;
    router.add({prefix("10.8.0.0/16"), {{{}, 12}}, {}});
    router.add({prefix("fd00:8::/32"), {{{}, 12}}, {}});
    router.add({prefix("10.7.0.0/16"), {{{}, 10}, {{}, 12}}, {}});
    CHECK(ip("-4 route show 10.8.0.0/16").at(0).at("scope") == "link");
    CHECK(read_back("10.8.0.0/16").scope == "link");
    CHECK(!read_back("10.8.0.0/16").hops.at(0).via);
    CHECK(read_back("fd00:8::/32").hops.at(0).interface == "west");
    CHECK(read_back("10.7.0.0/16").hops.size() == 2);
}

TEST_CASE("a route of many next hops is taken whole") {
    Router router;
    std::vector<RouteHop> ways;
    for (int i = 2; i < 202; ++i) {
        ways.push_back({address("10.0.1." + std::to_string(i)), 10});
    }
    router.add({prefix("10.9.0.0/16"), ways, {}});
    CHECK(read_back("10.9.0.0/16").hops.size() == 200);
}

TEST_CASE("a gateway that no subnet holds is refused in the kernel's words") {
    Router router;
    Batch batch;
    add_route(batch, 31, {prefix("10.9.0.0/16"), {{address("192.0.2.1"), 10}}, {}});
    try {
        router.socket.execute(batch);
        FAIL("the route was taken");
    } catch (const RequestError& error) {
        CHECK(error.tag() == 31);
        CHECK(error.code() == std::errc::network_unreachable);
        CHECK(std::string{error.what()} == "Nexthop has invalid gateway");
    }
}

TEST_CASE("the routes read back are those that ip prints") {
    Router router;
    router.add({prefix("10.9.0.0/16"), {{address("10.0.1.2"), 10}, {address("10.0.2.2"), 12}}, {}});
    router.add({prefix("0.0.0.0/0"), {{address("10.0.1.2"), 10}}, 7});
    router.add({prefix("fd00:9::/32"), {{address("fd00:1::2"), 10}}, {}});
    std::vector<std::string> expected;
    for (const auto* family : {"-4 route", "-6 route"}) {
        for (const auto& route : ip(family)) {
            expected.push_back(route.at("dst").get<std::string>() + " " +
                               route.at("protocol").get<std::string>() + " " +
                               route.value("dev", "several"));
        }
    }
    std::vector<std::string> actual;
    for (const auto& route : Reader{}.routes()) {
        const bool whole = route.to.length == bits(route.to.family());
        auto to = route.to.length == 0
                      ? "default"
                      : (whole ? to_string(route.to.address) : to_string(route.to));
        actual.push_back(to + " " + route.protocol + " " +
                         (route.hops.size() == 1 ? route.hops[0].interface : "several"));
    }
    std::sort(expected.begin(), expected.end());
    std::sort(actual.begin(), actual.end());
    CHECK(actual == expected);
    // Each of the four interfaces has its link-local subnet.
    CHECK(std::count(actual.begin(), actual.end(), "fe80::/64 kernel west") == 1);
}
