#pragma once

#include "base/address.h"
#include "sys/unique_fd.h"

#include <cstdint>

namespace netlab {

/// Takes a port in the caller's network namespace: a TCP socket that listens, or a bound UDP socket
/// that tells of each datagram which address it was sent to. `[::]` is all of IPv6 and nothing of
/// IPv4. Throws std::system_error.
UniqueFd open_host_port(const IpAddress& address, std::uint16_t port, bool udp);

} // namespace netlab
