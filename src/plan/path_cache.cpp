#include "plan/path_cache.h"

namespace netlab {

ShortestPaths& PathCache::paths(const RoutedGraph& graph, NodeId node) {
    auto& latest = latest_.try_emplace(&graph, graph).first->second;
    const auto& own = graph.of_node(node);
    const auto domain = graph.attachments()[own.front()].domain;
    if (!graph.forwards(node) && own.size() == 1 && graph.is_transit(domain)) {
        if (latest.domain != domain) {
            latest.paths.go_to_domain(domain);
            latest.domain = domain;
            latest.node.reset();
        }
    } else if (latest.node != node) {
        latest.paths.go_to_node(node);
        latest.node = node;
        latest.domain.reset();
    }
    return latest.paths;
}

} // namespace netlab
