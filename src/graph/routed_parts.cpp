#include "graph/routed_parts.h"

#include "graph/routed_graph.h"

#include <algorithm>
#include <map>

#include <boost/pending/disjoint_sets.hpp>

namespace netlab {

namespace {

std::vector<std::vector<NodeId>> parts_of(const RoutedGraph& one, const RoutedGraph& other,
                                          bool through_nodes) {
    const auto nodes = one.node_count();
    std::vector<std::size_t> rank(nodes + one.domain_count());
    std::vector<std::size_t> parent(rank.size());
    boost::disjoint_sets sets{rank.data(), parent.data()};
    for (std::size_t i = 0; i < rank.size(); ++i) {
        sets.make_set(i);
    }
    for (const auto* graph : {&one, &other}) {
        for (const auto& end : graph->attachments()) {
            if (through_nodes && graph->forwards(end.node)) {
                sets.union_set(index(end.node), nodes + end.domain);
            }
        }
    }
    std::map<std::size_t, std::vector<NodeId>> members;
    std::vector<bool> attached(nodes, false);
    for (const auto* graph : {&one, &other}) {
        for (const auto& end : graph->attachments()) {
            members[sets.find_set(nodes + end.domain)].push_back(end.node);
            attached[index(end.node)] = true;
        }
    }
    std::vector<std::vector<NodeId>> parts;
    for (auto& [set, part] : members) {
        std::sort(part.begin(), part.end());
        part.erase(std::unique(part.begin(), part.end()), part.end());
        parts.push_back(std::move(part));
    }
    for (std::size_t i = 0; i < nodes; ++i) {
        if (!attached[i]) {
            parts.push_back({node_id(i)});
        }
    }
    std::sort(parts.begin(), parts.end());
    return parts;
}

} // namespace

std::vector<std::vector<NodeId>> routed_parts(const RoutedGraph& one, const RoutedGraph& other) {
    return parts_of(one, other, true);
}

std::vector<std::vector<NodeId>> subnet_parts(const RoutedGraph& one, const RoutedGraph& other) {
    return parts_of(one, other, false);
}

} // namespace netlab
