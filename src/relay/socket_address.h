#pragma once

#include "base/address.h"

#include <cstdint>

#include <sys/socket.h>

namespace netlab {

/// An address and a port as socket calls take them.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// `scope` is the interface of an IPv6 address that holds on one link only, else 0.
SocketAddress socket_address(const IpAddress& address, std::uint16_t port, std::uint32_t scope = 0);

/// AF_INET or AF_INET6.
int socket_family(Family family);

} // namespace netlab
