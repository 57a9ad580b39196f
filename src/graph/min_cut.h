#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace netlab {

/// What joins two vertices, both ways, and what it costs to take it away.
struct CutEdge {
    std::size_t a = 0;
    std::size_t b = 0;
    std::uint32_t cost = 1;
};

/// The cheapest edges without which no vertex of `from` is joined to one of `to`, by their places
/// in `edges`, rising: a minimum cut, which is a maximum flow (Ford and Fulkerson, 1956), found by
/// Edmonds' and Karp's algorithm. Of several that are as cheap, always the same. `from` and
/// `to` have no vertex in common; `vertices` is above all that are named.
std::vector<std::size_t> min_cut(std::size_t vertices, const std::vector<CutEdge>& edges,
                                 const std::vector<std::size_t>& from,
                                 const std::vector<std::size_t>& to);

} // namespace netlab
