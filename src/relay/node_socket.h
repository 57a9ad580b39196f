#pragma once

#include "base/address.h"
#include "relay/relayed_port.h"
#include "sys/unique_fd.h"

namespace netlab {

/// A socket in the network namespace of the node that `port` leads to, bound to `address` as its
/// own end. Throws std::system_error: ESRCH if the node has ended, EADDRNOTAVAIL if it does not
/// have the address now. What is connected from there to the same address stays in the node.
UniqueFd open_in_node(const RelayedPort& port, const IpAddress& address);

} // namespace netlab
