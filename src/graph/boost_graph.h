#pragma once

// Private to src/graph: the only header that includes Boost.

#include "base/ids.h"
#include "topology/topology.h"

#include <cstddef>

#include <boost/graph/adjacency_list.hpp>

namespace netlab {

struct GraphVertex {
    NodeKind kind = NodeKind::host; ///< of a node; a segment's vertex has none of its own
    bool is_segment = false;
};

/// A point-to-point link, or one end of a LAN segment.
struct GraphEdge {
    LinkId link{};
    bool up = true;
};

using Adjacency =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, GraphVertex, GraphEdge>;

struct BoostGraph {
    Adjacency adjacency;
    std::size_t node_count = 0;
    std::size_t link_count = 0;
};

} // namespace netlab
