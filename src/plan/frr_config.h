#pragma once

#include "base/address.h"
#include "plan/daemon_map.h"
#include "plan/plan.h"

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

/// `isisd.conf`: one level-2 area for both families, each over the links that have its addresses.
/// `lsp_mtu` is one for the whole lab: the longest packet that all links carry.
std::string isis_config(const std::string& hostname, const std::string& router_id,
                        const DaemonRouter& router, std::uint32_t lsp_mtu, bool has_loopback);

/// `ripd.conf` (RIPv2) or, for IPv6, `ripngd.conf` (RIPng). Updates every five seconds.
std::string rip_config(const std::string& hostname, const DaemonRouter& router, Family family);

/// `staticd.conf`.
std::string static_config(const std::string& hostname, const RouteTable& routes);

} // namespace netlab
