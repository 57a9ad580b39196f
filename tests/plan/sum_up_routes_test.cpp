#include "plan/sum_up_routes.h"
#include "support/catch.h"
#include "support/topology_builder.h"

#include <random>
#include <set>

using namespace netlab;

namespace {

using Routes = std::vector<NumberedRoute>;

IpPrefix parsed(const std::string& text) {
    return test::TopologyBuilder::prefix(text);
}

/// The next hops of the longest prefix that has the address; 0: none.
std::uint32_t longest(const Routes& routes, const IpAddress& address) {
    std::uint32_t hops = 0;
    int length = -1;
    for (const auto& route : routes) {
        if (route.to.contains(address) && route.to.length > length) {
            hops = route.hops;
            length = route.to.length;
        }
    }
    return hops;
}

/// Routes of /24 to /28 with gaps, and `hops` different next hops.
Routes random_routes(std::uint32_t seed, std::uint32_t hops) {
    std::mt19937 random{seed};
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    Routes routes;
    std::uint64_t at = 0;
    for (int i = 0; i < 300; ++i) {
        const auto length = static_cast<std::uint8_t>(24 + below(5));
        const auto size = std::uint64_t{1} << (32U - length);
        at = (at + size - 1) / size * size + size * below(4);
        routes.push_back({{IpAddress{Family::ipv4, {10}}.plus(at), length}, 1 + below(hops)});
        at += size;
    }
    return routes;
}

} // namespace

TEST_CASE("one next hop for all is one route, the longest prefix of all that it leads to") {
    CHECK(sum_up_routes({{parsed("10.0.1.0/24"), 7},
                         {parsed("10.0.2.0/24"), 7},
                         {parsed("10.0.9.0/24"), 7}}) == Routes{{parsed("10.0.0.0/20"), 7}});
    CHECK(sum_up_routes({{parsed("10.0.1.0/24"), 7}}) == Routes{{parsed("10.0.1.0/24"), 7}});
    CHECK(sum_up_routes({}).empty());
}

TEST_CASE("an exception lies in the range of another route") {
    CHECK(sum_up_routes({{parsed("10.0.0.0/24"), 1},
                         {parsed("10.0.1.0/24"), 2},
                         {parsed("10.0.2.0/24"), 1},
                         {parsed("10.0.3.0/24"), 1}}) ==
          Routes{{parsed("10.0.0.0/22"), 1}, {parsed("10.0.1.0/24"), 2}});
}

TEST_CASE("no sum is a default route") {
    CHECK(sum_up_routes({{parsed("10.0.0.0/24"), 1}, {parsed("192.168.0.0/24"), 1}}) ==
          Routes{{parsed("10.0.0.0/24"), 1}, {parsed("192.168.0.0/24"), 1}});
}

TEST_CASE("in random tables every address keeps its next hops, and no table grows") {
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        const auto routes = random_routes(seed, seed % 3 == 0 ? 100 : 1 + seed % 7);
        const auto summed = sum_up_routes(routes);
        CAPTURE(seed);
        CHECK(summed.size() <= compress_routes(routes).size());
        std::set<IpPrefix> prefixes;
        for (std::size_t i = 0; i < summed.size(); ++i) {
            CHECK(prefixes.insert(summed[i].to).second);
            CHECK((i == 0 || summed[i - 1].to < summed[i].to));
        }
        int wrong = 0;
        for (const auto& route : routes) {
            wrong += longest(summed, route.to.address) == route.hops ? 0 : 1;
            wrong += longest(summed, route.to.last()) == route.hops ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}

// 10.0.0.0/24 takes 1 or 2, the next 2 alone, the next 2 or 3, the last 3 alone
TEST_CASE("a destination that is content with several next hops gets the one that others need") {
    const PrefixTree tree{{parsed("10.0.0.0/24"), parsed("10.0.1.0/24"), parsed("10.0.2.0/24"),
                           parsed("10.0.3.0/24")}};
    Choices choices;
    choices.values = {1, 2, 3};
    choices.resize(5);
    choices.allow(1, 0);
    choices.allow(1, 1);
    choices.allow(2, 1);
    choices.allow(3, 1);
    choices.allow(3, 2);
    choices.allow(4, 2);
    Summary summary{tree};
    const std::vector<std::uint32_t> kinds{1, 2, 3, 4};
    Routes found;
    for (const auto& [place, value] : summary.run(kinds, choices)) {
        found.push_back({tree.prefix(place), value});
    }
    CHECK(found == Routes{{parsed("10.0.0.0/22"), 2}, {parsed("10.0.2.0/23"), 3}});
}

TEST_CASE("what is nobody's needs no route, and its neighbours' is no wider for it") {
    const PrefixTree tree{{parsed("10.0.0.0/24"), parsed("10.0.1.0/24"), parsed("10.0.8.0/24")}};
    Choices choices;
    choices.values = {1};
    choices.resize(2);
    choices.allow(1, 0);
    Summary summary{tree};
    const std::vector<std::uint32_t> kinds{0, 1, 0};
    const auto sums = summary.run(kinds, choices);
    REQUIRE(sums.size() == 1);
    CHECK(tree.prefix(sums.front().place) == parsed("10.0.1.0/24"));
    const std::vector<std::uint32_t> nobodys{0, 0, 0};
    CHECK(summary.run(nobodys, choices).empty());
}
