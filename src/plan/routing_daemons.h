#pragma once

#include "base/diagnostic.h"
#include "plan/address_plan.h"
#include "plan/plan.h"
#include "plan/routing_plan.h"

namespace netlab {

/// Gives each router that speaks OSPF or BGP the daemons of FRRouting as services before its own,
/// and their configuration as files in /etc/frr. A file or a service of that name in the topology
/// replaces the one made here.
void add_routing_daemons(const Topology& topology, const AddressPlan& addresses,
                         const RoutingPlan& routing, Plan& plan, Diagnostics& diagnostics);

} // namespace netlab
