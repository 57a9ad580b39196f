#pragma once

#include "base/diagnostic.h"
#include "plan/plan.h"
#include "topology/topology.h"

namespace netlab {

/// Works out names, MAC addresses, subnets, addresses, routes and the hosts file. Mistakes that
/// show only here (overlapping subnets, a pool that is too small, an unreachable `via`) and
/// warnings (parts that are not joined, `stp: false` on a loop) go to `diagnostics`; with errors
/// the result is incomplete and must not be started.
Plan make_plan(const Topology& topology, Diagnostics& diagnostics);

} // namespace netlab
