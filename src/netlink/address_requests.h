#pragma once

#include "netlink/batch.h"

namespace netlab {

/// Equivalent to: `ip address add ADDRESS/LENGTH [broadcast +] dev INDEX [nodad]`. An IPv6 address
/// is usable at once (no duplicate address detection); an IPv4 one shorter than /31 gets its
/// subnet's broadcast address.
void add_address(Batch& batch, Tag tag, int index, const IpInterface& address);

} // namespace netlab
