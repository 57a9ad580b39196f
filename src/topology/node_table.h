#pragma once

#include "topology/fields.h"
#include "topology/node_settings.h"
#include "topology/topology.h"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace netlab {

constexpr std::size_t most_nodes = 65'536;
constexpr std::size_t most_links = 262'144;

/// Behind that many mistakes no name is compared with all others: nobody reads that many hints.
constexpr std::size_t most_hints = 100;

/// A route that waits for all nodes and interfaces to be known.
struct PendingRoute {
    NodeId node{};
    RouteDraft draft;
};

/// A dependency that waits for all nodes to be known.
struct PendingDependency {
    NodeId node{};
    DependencyDraft draft;
};

/// The nodes of the file and their names.
struct NodeTable {
    std::vector<Node> nodes;
    std::vector<PendingRoute> routes;
    std::vector<PendingDependency> dependencies;
    std::unordered_map<std::string, NodeId> ids;
    std::unordered_set<std::string>
        refused; ///< keys with a mistake of their own: no second one for naming them

    Node& operator[](NodeId id) { return nodes[index(id)]; }

    /// The node of that name. Otherwise nothing, and an error with what was probably meant; `among`
    /// ends its message where the name came out of a range.
    std::optional<NodeId> want(const std::string& name, Span span, Input& input,
                               const std::string& among = {});
};

/// Reads `defaults.node`, `groups` and `nodes`; each may be missing.
NodeTable read_nodes(const Member* nodes, const Member* groups, const Member* node_defaults,
                     Input& input);

} // namespace netlab
