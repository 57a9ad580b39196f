#include "plan/path_cache.h"

namespace netlab {

ShortestPaths& PathCache::paths(const RoutedGraph& graph, NodeId node) {
    const auto& own = graph.of_node(node);
    const auto domain = graph.attachments()[own.front()].domain;
    if (!graph.forwards(node) && own.size() == 1 && graph.is_transit(domain)) {
        const auto key = std::pair{&graph, domain};
        auto known = by_domain_.find(key);
        if (known == by_domain_.end()) {
            known = by_domain_.emplace(key, ShortestPaths::from_domain(graph, domain)).first;
        }
        return known->second;
    }
    if (graph_ != &graph || node_ != node) {
        latest_.emplace(ShortestPaths::from_node(graph, node));
        graph_ = &graph;
        node_ = node;
    }
    return *latest_;
}

} // namespace netlab
