#pragma once

#include "topology/topology.h"

#include <memory>

namespace netlab {

struct BoostGraph;

/// The topology as a Boost graph: a node's vertex is its NodeId, the LAN segments' vertices follow
/// the nodes. Opaque, so that Boost is compiled only inside this room; the questions asked of it
/// have headers of their own.
class Graph {
public:
    explicit Graph(std::unique_ptr<const BoostGraph> boost);
    ~Graph();
    Graph(Graph&&) noexcept;
    Graph& operator=(Graph&&) noexcept;

    const BoostGraph& boost() const { return *boost_; }

private:
    std::unique_ptr<const BoostGraph> boost_;
};

/// Makes the graph of `topology`: an edge for each point-to-point link, a vertex and an edge for
/// each end of a LAN segment.
Graph make_graph(const Topology& topology);

} // namespace netlab
