#pragma once

#include "plan/address_plan.h"
#include "plan/routing_plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// A prefix to be reached: a subnet, or a node's loopback.
struct Destination {
    IpPrefix to;
    std::optional<NodeId> owner;
    std::uint32_t domain = 0;          ///< of a subnet
    std::vector<std::uint32_t> pieces; ///< of a subnet: where it is, more than one if it is torn
};

/// All of a family, sorted by prefix.
std::vector<Destination> find_destinations(const AddressPlan& addresses, const RoutingPlan& routing,
                                           Family family);

} // namespace netlab
