#pragma once

// Private to src/graph.

#include "graph/routed_graph.h"

#include <cstdint>

#include <boost/graph/compressed_sparse_row_graph.hpp>

namespace netlab {

/// A node's vertex is its NodeId; the domains' vertices follow. Costs are doubled, less one from a
/// node to a domain and one from a domain to a node: paths compare as before, and as no arc is free
/// the order in which Dijkstra's algorithm finishes vertices is an order of the shortest-path DAG.
struct RoutedArc {
    std::uint64_t cost = 0;
    std::uint32_t in = 0; ///< from a domain: the first end of the node in it
};

using ArcGraph =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, RoutedArc,
                                       boost::no_property, std::uint32_t, std::uint32_t>;

constexpr std::uint64_t into_domain(std::uint32_t cost) {
    return 2 * std::uint64_t{cost} - 1;
}
constexpr std::uint64_t out_of_domain = 1;

struct RoutedGraph::Arcs {
    ArcGraph graph;
    bool equal = true; ///< all arcs cost the same
};

} // namespace netlab
