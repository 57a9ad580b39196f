#include "graph/broadcast_domains.h"

#include "graph/boost_graph.h"
#include "graph/graph.h"

#include <optional>

#include <boost/pending/disjoint_sets.hpp>

namespace netlab {

namespace {

using Sets = boost::disjoint_sets<std::size_t*, std::size_t*>;

/// Joins all links that end on the switch `vertex`.
void join_at_switch(const Adjacency& adjacency, Adjacency::vertex_descriptor vertex,
                    LinkChoice choice, Sets& sets) {
    std::optional<std::size_t> first;
    for (auto [edge, end] = boost::out_edges(vertex, adjacency); edge != end; ++edge) {
        if (choice == LinkChoice::up && !adjacency[*edge].up) {
            continue;
        }
        const auto link = index(adjacency[*edge].link);
        if (first) {
            sets.union_set(*first, link);
        } else {
            first = link;
        }
    }
}

} // namespace

std::vector<std::vector<LinkId>> broadcast_domains(const Graph& graph, LinkChoice choice) {
    const auto& [adjacency, node_count, link_count] = graph.boost();
    std::vector<std::size_t> rank(link_count);
    std::vector<std::size_t> parent(link_count);
    Sets sets{rank.data(), parent.data()};
    for (std::size_t i = 0; i < link_count; ++i) {
        sets.make_set(i);
    }
    std::vector<bool> counts(link_count, false);
    for (auto [edge, end] = boost::edges(adjacency); edge != end; ++edge) {
        counts[index(adjacency[*edge].link)] = choice == LinkChoice::all || adjacency[*edge].up;
    }
    for (std::size_t i = 0; i < node_count; ++i) {
        if (adjacency[i].kind == NodeKind::network_switch) {
            join_at_switch(adjacency, i, choice, sets);
        }
    }
    std::vector<std::vector<LinkId>> domains;
    std::vector<std::size_t> domain_of(link_count, link_count);
    for (std::size_t i = 0; i < link_count; ++i) {
        if (!counts[i]) {
            continue;
        }
        auto& domain = domain_of[sets.find_set(i)];
        if (domain == link_count) {
            domain = domains.size();
            domains.emplace_back();
        }
        domains[domain].push_back(link_id(i));
    }
    return domains;
}

} // namespace netlab
