#pragma once

#include "base/address.h"
#include "plan/daemon_map.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

// Files of FRRouting (https://docs.frrouting.org, version 8), one for each daemon.

/// `zebra.conf`.
std::string zebra_config(const std::string& hostname);

/// `ospfd.conf` (OSPFv2) or, for IPv6, `ospf6d.conf` (OSPFv3). Hellos every second: a neighbour
/// that falls silent is missed after four.
std::string ospf_config(const std::string& hostname, const std::string& router_id,
                        const DaemonRouter& router, Family family, bool has_loopback);

/// `bgpd.conf`. `asns` are by node. A session with each neighbour, in each family, by the addresses
/// of the link between them; keepalives every second.
std::string bgp_config(const std::string& hostname, const std::string& router_id,
                       const DaemonRouter& router, NodeId node,
                       const std::vector<std::uint32_t>& asns);

} // namespace netlab
