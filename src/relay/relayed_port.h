#pragma once

#include "base/address.h"

#include <cstdint>
#include <vector>

namespace netlab {

/// A port of the host's and where in a node it leads. The descriptors are the caller's.
struct RelayedPort {
    int socket = -1;              ///< see open_host_port
    Family family = Family::ipv4; ///< of the socket
    bool udp = false;
    int node = -1;                    ///< pidfd of a process in the node's network namespace
    std::vector<IpAddress> addresses; ///< of the node, tried in this order
    std::uint16_t port = 0;           ///< of the node
};

} // namespace netlab
