#include "plan/route_table.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;

namespace {

IpPrefix parsed(const std::string& text) {
    return test::TopologyBuilder::prefix(text);
}

} // namespace

TEST_CASE("a table gives back each route, whether its next hops are shared or not") {
    RouteTable table;
    const auto way = table.add_way({{std::nullopt, "eth0"}});
    table.add(parsed("10.0.1.0/24"), way);
    table.push_back({parsed("10.0.2.0/24"), {{std::nullopt, "eth1"}}, 50, {}});
    table.add(parsed("10.0.3.0/24"), way);
    REQUIRE(table.size() == 3);
    CHECK(table[0].next_hops == table[2].next_hops);
    CHECK(table[1].to == parsed("10.0.2.0/24"));
    CHECK(table[1].metric == 50);
    CHECK(table.back().next_hops.front().interface == "eth0");
    CHECK_FALSE(table.back().metric);
}

TEST_CASE("tables with the same routes are equal, however their ways are kept") {
    const RoutePlan one{parsed("10.0.1.0/24"), {{std::nullopt, "eth0"}}, std::nullopt, {}};
    const RoutePlan other{parsed("10.0.2.0/24"), {{std::nullopt, "eth0"}}, std::nullopt, {}};
    RouteTable shared;
    const auto way = shared.add_way(one.next_hops);
    shared.add(one.to, way);
    shared.add(other.to, way);
    CHECK(shared == RouteTable{{one, other}});
    CHECK_FALSE(shared == RouteTable{{other, one}});
    CHECK_FALSE(shared == RouteTable{{one}});
}

TEST_CASE("a table is sorted by prefix, then by metric") {
    const auto route = [](const std::string& to, std::optional<std::uint32_t> metric) {
        return RoutePlan{parsed(to), {{std::nullopt, "eth0"}}, metric, {}};
    };
    RouteTable table{{route("10.0.2.0/24", 7), route("10.0.2.0/24", 3), route("10.0.1.0/24", 9)}};
    table.sort();
    CHECK(table ==
          RouteTable{{route("10.0.1.0/24", 9), route("10.0.2.0/24", 3), route("10.0.2.0/24", 7)}});
}
