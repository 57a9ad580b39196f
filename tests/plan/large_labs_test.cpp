#include "plan/planned.h"
#include "support/catch.h"
#include "topology/load_topology.h"

#include <string>

#include <fmt/format.h>

using namespace netlab;
using namespace netlab::test;

// Sizes at which comparing everything with everything takes minutes.

namespace {

Plan plan_of(const std::string& text) {
    Diagnostics diagnostics;
    const auto topology = load_topology(Source{"lab.json", text}, "/nonexistent", diagnostics);
    REQUIRE(diagnostics.all().empty());
    return planned(topology);
}

} // namespace

// h1 --- r, and 59,999 more
TEST_CASE("a router may have tens of thousands of routes, by interface and by address") {
    std::string routes;
    for (int i = 1; i <= 60'000; ++i) {
        routes += fmt::format(
            R"({}{{"to":"fd01::{:x}/128","interface":"p{}"}},{{"to":"fd02::{:x}/128","via":"fd00:6e6c:0:{:x}::1"}})",
            i == 1 ? "" : ",", i, i, i, i);
    }
    const auto plan = plan_of(R"({"routing":"none","nodes":{"h[1-60000]":{},"r":{"routes":[)" +
                              routes + R"(]}},"links":[["h[1-60000]","r:p[1-60000]"]]})");
    CHECK(plan.nodes.back().routes.size() == 120'000);
    CHECK(plan.nodes.back().routes.back().next_hops.front().interface == "p60000");
}

// 60 switches of 1,000 hosts each round one switch, and r
TEST_CASE("tens of thousands of nodes on one network may have a route via the last of it") {
    const auto plan = plan_of(R"({"routing":"none","nodes":{
        "h[1-60000]":{"routes":[{"to":"172.16.0.0/12","via":"r"}]},
        "core":{"kind":"switch"},"s[1-60]":{"kind":"switch"},"r":{"kind":"router"}},
        "links":[)" + [] {
        std::string links;
        for (int i = 0; i < 60; ++i) {
            links += fmt::format(R"(["h[{}-{}]","s{}"],)", i * 1000 + 1, i * 1000 + 1000, i + 1);
        }
        return links;
    }() + R"(["core","s[1-60]"],["r","core"]]})");
    CHECK(routes(plan, "h1").size() == 1);
    CHECK(routes(plan, "h60000") == routes(plan, "h1"));
}
