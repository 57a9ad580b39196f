#pragma once

#include "base/address.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/types.h>

namespace netlab {

/// Who sent a datagram to a port of the host's, and to which address of it: from there a reply has
/// to come.
struct Correspondent {
    IpAddress address;
    std::uint16_t port = 0;
    std::uint32_t scope = 0; ///< the interface, where the address holds on one link only
    IpAddress local;

    auto operator<=>(const Correspondent&) const = default;
};

/// The next datagram of a socket of open_host_port; its size, or -1 with errno (EAGAIN: none is
/// there).
ssize_t receive_datagram(int socket, std::span<std::byte> buffer, Correspondent& from);

/// A datagram that cannot be sent at once is lost.
void send_datagram(int socket, std::span<const std::byte> bytes, const Correspondent& to);

} // namespace netlab
