#pragma once

#include "base/ids.h"

#include <vector>

namespace netlab {

class RoutedGraph;

/// The largest groups of nodes that reach each other, in either graph, through nodes that forward.
/// A node that does not forward can be in several. Nodes in their own order; groups in the order of
/// their nodes.
std::vector<std::vector<NodeId>> routed_parts(const RoutedGraph& one, const RoutedGraph& other);

/// The same where no node has a route but to its own subnets: the nodes of each broadcast domain.
std::vector<std::vector<NodeId>> subnet_parts(const RoutedGraph& one, const RoutedGraph& other);

} // namespace netlab
