#pragma once

#include "plan/address_order.h"
#include "topology/topology.h"

#include <cstdint>
#include <vector>

namespace netlab {

/// Whether routers are joined in circles, and some are farther from hosts than others: a fat tree
/// is.
bool is_layered(const Topology& topology, const Joints& joints);

/// The order for such a lab. `ranks` are the nodes' places in a tree of shortest ways. Layers are
/// routers of one distance from the nearest host. First come the subnets with hosts, then those of
/// each pair of layers; in these what hangs together without the other subnets (a pod, a plane of a
/// fat tree) stays together, and in that the links of a router. Nodes go by layers, too.
AddressOrder layered_order(const Topology& topology, const Joints& joints,
                           const std::vector<std::uint32_t>& ranks);

} // namespace netlab
