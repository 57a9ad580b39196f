#pragma once

#include "base/ids.h"

#include <vector>

namespace netlab {

class Graph;

/// The groups of switches between which a frame could circle: the biconnected parts of the graph of
/// switches and LAN segments, parallel links and links of a switch to itself included. A link that
/// is down counts: it may come up later. Each group is in node order; a switch can be in several.
std::vector<std::vector<NodeId>> switch_loops(const Graph& graph);

} // namespace netlab
