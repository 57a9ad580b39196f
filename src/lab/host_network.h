#pragma once

#include "base/address.h"

#include <vector>

namespace netlab {

// What there is to know of the network that the calling process is in, when a lab is to have a way
// out into it.

/// Whether this process may make interfaces there (CAP_NET_ADMIN).
bool may_administer_network();

/// Whether packets that come in by one interface go out by another.
bool forwards_packets(Family family);

/// Whether the main table has a default route for IPv6.
bool has_default_route6();

/// The name servers that not only the host's own programs can ask, at most three: those of
/// resolv.conf(5), without loopback addresses, or those behind systemd-resolved. `ipv6`: whether
/// IPv6 addresses are of use.
std::vector<IpAddress> name_servers_of_host(bool ipv6);

} // namespace netlab
