#pragma once

#include "netlink/batch.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// One way that a route takes.
struct RouteHop {
    std::optional<IpAddress> via; ///< of the route's own family; nullopt: directly on the interface
    int index = 0;                ///< of the interface
};

/// A route for the main table.
struct NewRoute {
    IpPrefix to;                         ///< length 0: the default route
    std::vector<RouteHop> hops;          ///< at least one; several share the traffic equally
    std::optional<std::uint32_t> metric; ///< nullopt: the kernel's (IPv4 0, IPv6 1024)
};

/// Whether a route that is there already is an error or is replaced.
enum class IfThere { refuse, replace };

/// Equivalent to: `ip route add TO [via V] dev INDEX [metric M] proto static`, with `nexthop …` for
/// each of several. For IPv6 the interfaces must be up and the gateways on connected subnets, or
/// the kernel refuses.
void add_route(Batch& batch, Tag tag, const NewRoute& route, IfThere if_there = IfThere::refuse);

} // namespace netlab
