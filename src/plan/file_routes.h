#pragma once

#include "base/diagnostic.h"
#include "plan/address_plan.h"
#include "plan/plan.h"

#include <vector>

namespace netlab {

/// The routes that the file asks for, by node. A node as `via` is taken at its end of the first
/// link (in file order) that both nodes have an address on; `default` through a node is one route
/// for each family that the two share.
std::vector<std::vector<RoutePlan>>
file_routes(const Topology& topology, const AddressPlan& addresses, Diagnostics& diagnostics);

} // namespace netlab
