#include "graph/components.h"

#include "graph/boost_graph.h"
#include "graph/graph.h"

#include <boost/graph/connected_components.hpp>
#include <boost/graph/filtered_graph.hpp>

namespace netlab {

namespace {

struct IsUp {
    const Adjacency* adjacency = nullptr;

    bool operator()(const Adjacency::edge_descriptor& edge) const { return (*adjacency)[edge].up; }
};

} // namespace

std::vector<std::vector<NodeId>> components(const Graph& graph) {
    const auto& adjacency = graph.boost().adjacency;
    const boost::filtered_graph up{adjacency, IsUp{&adjacency}};
    std::vector<std::size_t> component_of(boost::num_vertices(adjacency));
    boost::connected_components(
        up, boost::make_iterator_property_map(component_of.begin(),
                                              boost::get(boost::vertex_index, adjacency)));

    // Renumbered by first node: a segment's vertex, which comes later, never begins a part that has
    // a node.
    std::vector<std::vector<NodeId>> parts;
    std::vector<std::size_t> part_of(component_of.size(), component_of.size());
    for (std::size_t i = 0; i < graph.boost().node_count; ++i) {
        auto& part = part_of[component_of[i]];
        if (part == component_of.size()) {
            part = parts.size();
            parts.emplace_back();
        }
        parts[part].push_back(node_id(i));
    }
    return parts;
}

} // namespace netlab
