#pragma once

#include "topology/node_table.h"

#include <vector>

namespace netlab {

/// Reads `depends_on`: names of nodes, ranges of them allowed.
std::vector<DependencyDraft> read_depends_on(const Value& value, Input& input);

/// Gives every node its dependencies, now that all nodes are known. Refuses unknown nodes, and
/// nodes that wait for each other.
void settle_dependencies(NodeTable& table, Input& input);

} // namespace netlab
