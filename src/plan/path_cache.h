#pragma once

#include "graph/shortest_paths.h"

#include <map>
#include <optional>

namespace netlab {

/// Looks for paths as seldom as can be: once for both families where they agree, once for all hosts
/// of a domain that come one after the other, never for a host with one gateway.
class PathCache {
public:
    /// Those from `node`. The reference holds until the next call.
    ShortestPaths& paths(const RoutedGraph& graph, NodeId node);

private:
    struct Latest {
        explicit Latest(const RoutedGraph& graph) : paths{graph} {}

        ShortestPaths paths;
        std::optional<NodeId> node;
        std::optional<std::uint32_t> domain;
    };

    std::map<const RoutedGraph*, Latest> latest_;
};

} // namespace netlab
