#pragma once

#include "plan/address_plan.h"
#include "plan/plan.h"
#include "plan/routing_plan.h"

#include <vector>

namespace netlab {

/// Adds to `routes` (by node, the file's own so far) the routes along all shortest paths:
/// docs/decisions/routing-costs.md says how costs count. Routers with routing daemons find theirs
/// by these; with `static` they have the computed ones of the families without a protocol. Each
/// node's routes end up sorted by prefix. Works on all processors.
void add_static_routes(const Topology& topology, const AddressPlan& addresses,
                       const RoutingPlan& routing, std::vector<RouteTable>& routes);

} // namespace netlab
