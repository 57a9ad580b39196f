#include "graph/min_cut.h"

#include <limits>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/edmonds_karp_max_flow.hpp>

namespace netlab {

namespace {

using Capacity = std::int64_t;
using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;

struct Vertex {
    boost::default_color_type color = boost::white_color;
    Traits::edge_descriptor predecessor{};
};

struct Arc {
    Capacity capacity = 0;
    Capacity residual = 0;
    Traits::edge_descriptor reverse{};
};

using Flow = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Vertex, Arc>;

/// More than all edges of a lab cost together.
constexpr Capacity not_to_be_cut = std::numeric_limits<Capacity>::max() / 4;

/// Each arc of the pair is the other's way back, so that what flows is the difference.
void join(Flow& flow, std::size_t a, std::size_t b, Capacity there, Capacity back) {
    const auto forth = add_edge(a, b, Arc{there, 0, {}}, flow).first;
    const auto reverse = add_edge(b, a, Arc{back, 0, {}}, flow).first;
    flow[forth].reverse = reverse;
    flow[reverse].reverse = forth;
}

} // namespace

std::vector<std::size_t> min_cut(std::size_t vertices, const std::vector<CutEdge>& edges,
                                 const std::vector<std::size_t>& from,
                                 const std::vector<std::size_t>& to) {
    Flow flow{vertices + 2};
    const auto source = vertices;
    const auto sink = vertices + 1;
    for (const auto& edge : edges) {
        join(flow, edge.a, edge.b, edge.cost, edge.cost);
    }
    for (const auto vertex : from) {
        join(flow, source, vertex, not_to_be_cut, 0);
    }
    for (const auto vertex : to) {
        join(flow, vertex, sink, not_to_be_cut, 0);
    }
    boost::edmonds_karp_max_flow(flow, source, sink, get(&Arc::capacity, flow),
                                 get(&Arc::residual, flow), get(&Arc::reverse, flow),
                                 get(&Vertex::color, flow), get(&Vertex::predecessor, flow));
    std::vector<std::size_t> cut;
    const auto colour = flow[source].color; // of all that are still joined to it
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if ((flow[edges[i].a].color == colour) != (flow[edges[i].b].color == colour)) {
            cut.push_back(i);
        }
    }
    return cut;
}

} // namespace netlab
