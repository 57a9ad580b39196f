#pragma once

#include "base/address.h"

#include <cstdint>

#include <sys/socket.h>

namespace netlab {

/// An address as the socket calls have it.
struct SocketAddress {
    ::sockaddr_storage storage{};
    ::socklen_t size = sizeof(::sockaddr_storage);

    ::sockaddr* get() { return reinterpret_cast<::sockaddr*>(&storage); }
};

/// Port 0.
SocketAddress socket_address(const IpAddress& address);
/// An IPv4 or IPv6 address out of it.
IpAddress ip_address(const SocketAddress& address);

} // namespace netlab
