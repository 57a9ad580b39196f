#include "graph/graph.h"

#include "graph/boost_graph.h"

#include <utility>

namespace netlab {

Graph::Graph(std::unique_ptr<const BoostGraph> boost) : boost_{std::move(boost)} {}
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

namespace {

void add_link(Adjacency& adjacency, const Link& link, LinkId id) {
    const GraphEdge edge{id, link.up};
    if (!link.is_segment()) {
        for (std::size_t i = 1; i < link.endpoints.size(); ++i) {
            boost::add_edge(index(link.endpoints[i - 1].node), index(link.endpoints[i].node), edge,
                            adjacency);
        }
        return;
    }
    const auto segment = boost::add_vertex(GraphVertex{NodeKind::host, true}, adjacency);
    for (const auto& end : link.endpoints) {
        boost::add_edge(index(end.node), segment, edge, adjacency);
    }
}

} // namespace

Graph make_graph(const Topology& topology) {
    auto graph = std::make_unique<BoostGraph>();
    graph->node_count = topology.nodes.size();
    graph->link_count = topology.links.size();
    for (const auto& node : topology.nodes) {
        boost::add_vertex(GraphVertex{node.kind, false}, graph->adjacency);
    }
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        add_link(graph->adjacency, topology.links[i], link_id(i));
    }
    return Graph{std::move(graph)};
}

} // namespace netlab
