#pragma once

#include "plan/routing_plan.h"

#include <optional>
#include <string>
#include <vector>

namespace netlab {

enum class Protocol { ospf, bgp, isis, rip };

/// RIP's metric 16 is infinity (RFC 2453): a router learns of what is joined to routers at most 14
/// away.
inline constexpr std::uint32_t most_rip_hops = 14;

/// As many BGP routers may share a LAN: each has a session with each.
inline constexpr std::size_t most_bgp_speakers = 200;

/// A router that speaks the same protocol, over an interface.
struct Neighbor {
    NodeId node{};
    IpAddress address;
};

/// What a router's daemon finds at one of its interfaces.
struct DaemonInterface {
    std::string name;
    std::uint32_t cost = 1;
    PerFamily<bool> has_address;
    PerFamily<std::uint32_t> others; ///< how many other interfaces of such routers there are
    PerFamily<bool> meets;           ///< whether one of them is another router's
    std::uint32_t piece = 0;         ///< of the routing plan
    std::uint32_t most_others = 0;   ///< as `others`, of such with an address of either family
    PerFamily<std::vector<Neighbor>>
        neighbors; ///< each router once; for BGP only, which names them
};

/// A router as its daemons of one protocol see it.
struct DaemonRouter {
    PerFamily<bool> runs{};
    std::vector<DaemonInterface> interfaces; ///< those that have an address, in the node's order
    /// How many prefixes the router learns once all has converged: the subnets and loopbacks of the
    /// routers that it reaches through others like it, without what it is joined to itself.
    PerFamily<std::size_t> learns{};
    std::optional<NodeId> too_far; ///< a router that RIP's routes do not reach from here
};

/// Every router that speaks the protocol, by node, over the links that are up. OSPF is one protocol
/// here, though a router may speak OSPFv3 alone.
std::vector<DaemonRouter> map_daemons(const Topology& topology, const AddressPlan& addresses,
                                      const RoutingPlan& routing, Protocol protocol);

} // namespace netlab
