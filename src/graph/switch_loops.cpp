#include "graph/switch_loops.h"

#include "graph/boost_graph.h"
#include "graph/graph.h"

#include <algorithm>
#include <map>

#include <boost/graph/biconnected_components.hpp>

namespace netlab {

namespace {

using Plain =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                          boost::property<boost::edge_index_t, std::size_t>>;

bool joins_frames(const GraphVertex& vertex) {
    return vertex.is_segment || vertex.kind == NodeKind::network_switch;
}

/// The switches, the segments and the links between them, each link cut by two vertices of its own:
/// Boost's biconnected_components takes a second edge between two vertices for the first one walked
/// back.
Plain subdivided(const Adjacency& adjacency) {
    Plain plain(boost::num_vertices(adjacency));
    std::size_t edges = 0;
    for (auto [edge, end] = boost::edges(adjacency); edge != end; ++edge) {
        const auto from = boost::source(*edge, adjacency);
        const auto to = boost::target(*edge, adjacency);
        if (joins_frames(adjacency[from]) && joins_frames(adjacency[to])) {
            const auto near = boost::add_vertex(plain);
            const auto far = boost::add_vertex(plain);
            boost::add_edge(from, near, edges++, plain);
            boost::add_edge(near, far, edges++, plain);
            boost::add_edge(far, to, edges++, plain);
        }
    }
    return plain;
}

} // namespace

std::vector<std::vector<NodeId>> switch_loops(const Graph& graph) {
    const auto& [adjacency, node_count, link_count] = graph.boost();
    const auto plain = subdivided(adjacency);
    std::vector<std::size_t> component_of(boost::num_edges(plain));
    boost::biconnected_components(
        plain, boost::make_iterator_property_map(component_of.begin(),
                                                 boost::get(boost::edge_index, plain)));

    // A component of one edge is a bridge in the graph's sense: no frame comes back over it.
    std::map<std::size_t, std::size_t> sizes;
    std::map<std::size_t, std::vector<NodeId>> members;
    for (auto [edge, end] = boost::edges(plain); edge != end; ++edge) {
        const auto component = component_of[boost::get(boost::edge_index, plain, *edge)];
        ++sizes[component];
        for (const auto vertex : {boost::source(*edge, plain), boost::target(*edge, plain)}) {
            if (vertex < node_count) {
                members[component].push_back(node_id(vertex));
            }
        }
    }
    std::vector<std::vector<NodeId>> loops;
    for (auto& [component, nodes] : members) {
        if (sizes[component] > 1) {
            std::sort(nodes.begin(), nodes.end());
            nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
            loops.push_back(std::move(nodes));
        }
    }
    std::sort(loops.begin(), loops.end());
    return loops;
}

} // namespace netlab
