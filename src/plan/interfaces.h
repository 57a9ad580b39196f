#pragma once

#include "base/diagnostic.h"
#include "plan/address_plan.h"
#include "plan/mac_source.h"
#include "plan/plan.h"

namespace netlab {

/// Fills in the nodes' interfaces, in the order of the file's links, and the links.
void plan_interfaces(const Topology& topology, const AddressPlan& addresses, MacSource& macs,
                     Plan& plan, Diagnostics& diagnostics);

} // namespace netlab
