#pragma once

#include "base/ids.h"

#include <vector>

namespace netlab {

class Graph;

/// The parts of the topology: nodes that are joined by links, whatever their kind. Links with `up:
/// false` do not join. Parts are in the order of their first node, nodes in their own order.
std::vector<std::vector<NodeId>> components(const Graph& graph);

} // namespace netlab
