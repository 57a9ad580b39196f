#include "graph/min_cut.h"
#include "support/catch.h"

#include <algorithm>
#include <random>
#include <set>

using namespace netlab;

namespace {

using Cut = std::vector<std::size_t>;

/// Whether a vertex of `from` is joined to one of `to` by the edges that are not in `cut`.
bool are_joined(std::size_t vertices, const std::vector<CutEdge>& edges, const Cut& cut,
                std::size_t from, std::size_t to) {
    std::vector<bool> reached(vertices);
    reached[from] = true;
    for (bool grown = true; grown;) {
        grown = false;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const auto& [a, b, cost] = edges[i];
            if (std::ranges::find(cut, i) == cut.end() && reached[a] != reached[b]) {
                reached[a] = reached[b] = grown = true;
            }
        }
    }
    return reached[to];
}

std::uint64_t cost_of(const std::vector<CutEdge>& edges, const Cut& cut) {
    std::uint64_t cost = 0;
    for (const auto i : cut) {
        cost += edges[i].cost;
    }
    return cost;
}

/// The least that any set of edges costs which does it, tried one by one.
std::uint64_t least_cost(std::size_t vertices, const std::vector<CutEdge>& edges, std::size_t from,
                         std::size_t to) {
    std::uint64_t least = UINT64_MAX;
    for (std::uint32_t set = 0; set < (1U << edges.size()); ++set) {
        Cut cut;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            if ((set >> i & 1U) != 0) {
                cut.push_back(i);
            }
        }
        const auto cost = cost_of(edges, cut);
        if (cost < least && !are_joined(vertices, edges, cut, from, to)) {
            least = cost;
        }
    }
    return least;
}

} // namespace

// 0 --- 1 --- 2, and 0 --- 2
TEST_CASE("a ring is cut at two edges, a line at its cheapest, and what is apart nowhere") {
    CHECK(min_cut(3, {{0, 1}, {1, 2}, {0, 2}}, {0}, {2}).size() == 2);
    CHECK(min_cut(3, {{0, 1, 5}, {1, 2, 3}}, {0}, {2}) == Cut{1});
    CHECK(min_cut(4, {{0, 1}, {2, 3}}, {0}, {3}).empty());
}

// 0 and 1 on one hub, 2 and 3 on another, two edges between the hubs
TEST_CASE("sets of vertices are cut between them, never among themselves") {
    CHECK(min_cut(6, {{0, 4}, {1, 4}, {2, 5}, {3, 5}, {4, 5}, {5, 4}}, {0, 1}, {2, 3}).size() == 2);
    CHECK(min_cut(6, {{0, 4}, {1, 4}, {2, 5}, {3, 5}, {4, 5}}, {0, 1}, {2, 3}) == Cut{4});
    CHECK(min_cut(3, {{0, 1}, {0, 2}, {1, 2}}, {0, 1}, {2}) == Cut{1, 2});
}

TEST_CASE("no set of edges that does it is cheaper than the one that is found") {
    std::mt19937 random{1};
    for (int round = 0; round < 60; ++round) {
        constexpr std::size_t vertices = 6;
        std::vector<CutEdge> edges;
        for (std::size_t i = 0; i < 9; ++i) {
            edges.push_back({random() % vertices, random() % vertices,
                             static_cast<std::uint32_t>(1 + random() % 9)});
        }
        const auto cut = min_cut(vertices, edges, {0}, {5});
        INFO("round " << round);
        CHECK_FALSE(are_joined(vertices, edges, cut, 0, 5));
        CHECK(cost_of(edges, cut) == least_cost(vertices, edges, 0, 5));
    }
}
