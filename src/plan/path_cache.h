#pragma once

#include "graph/shortest_paths.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace netlab {

/// Runs Dijkstra's algorithm as seldom as can be: once for both families where they agree, once for
/// all hosts of a domain, never for a host with one gateway.
class PathCache {
public:
    /// Those from `node`. The reference holds until the next call.
    ShortestPaths& paths(const RoutedGraph& graph, NodeId node);

private:
    std::map<std::pair<const RoutedGraph*, std::uint32_t>, ShortestPaths> by_domain_;
    std::optional<ShortestPaths> latest_;
    const RoutedGraph* graph_ = nullptr;
    std::optional<NodeId> node_;
};

} // namespace netlab
