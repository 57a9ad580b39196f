#pragma once

#include "base/diagnostic.h"
#include "graph/graph.h"
#include "plan/mac_source.h"
#include "plan/plan.h"

namespace netlab {

/// The name of the bridge in a switch node.
inline constexpr std::string_view switch_bridge_name = "br0";

/// Gives switches and LAN segments their bridges. The nodes' interfaces and the links must be
/// planned.
void plan_bridges(const Topology& topology, const Graph& graph, MacSource& macs, Plan& plan,
                  Diagnostics& diagnostics);

} // namespace netlab
