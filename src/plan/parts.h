#pragma once

#include "base/diagnostic.h"
#include "graph/graph.h"
#include "plan/routing_plan.h"

namespace netlab {

/// Warns if there are hosts or routers that can never reach each other, and says which. With
/// `routing: none` only the links count, as routes are then the user's own business.
void warn_of_parts(const Topology& topology, const Graph& graph, const RoutingPlan& routing,
                   Diagnostics& diagnostics);

} // namespace netlab
