#pragma once

#include "plan/compress_routes.h"

#include <vector>

namespace netlab {

/// The fewest routes that give each address of `routes` its next hops by the longest prefix; what
/// lies between them may be covered too. The method is ORTC (R. Draves, C. King, S. Venkatachary,
/// B. Zill: Constructing Optimal IP Routing Tables, INFOCOM 1999), where addresses of nobody may
/// have any next hops. `routes` must be sorted, disjoint, and of one family; the result is sorted.
/// No route is a default route.
std::vector<NumberedRoute> sum_up_routes(const std::vector<NumberedRoute>& routes);

} // namespace netlab
