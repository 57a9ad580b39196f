#include "trial/socket_address.h"

#include <cstring>

#include <netinet/in.h>

namespace netlab {

SocketAddress socket_address(const IpAddress& address) {
    SocketAddress made;
    if (address.family == Family::ipv4) {
        auto* in = reinterpret_cast<::sockaddr_in*>(&made.storage);
        in->sin_family = AF_INET;
        std::memcpy(&in->sin_addr, address.bytes.data(), sizeof in->sin_addr);
        made.size = sizeof *in;
    } else {
        auto* in = reinterpret_cast<::sockaddr_in6*>(&made.storage);
        in->sin6_family = AF_INET6;
        std::memcpy(&in->sin6_addr, address.bytes.data(), sizeof in->sin6_addr);
        made.size = sizeof *in;
    }
    return made;
}

IpAddress ip_address(const SocketAddress& address) {
    IpAddress made;
    if (address.storage.ss_family == AF_INET) {
        const auto& in = reinterpret_cast<const ::sockaddr_in&>(address.storage);
        std::memcpy(made.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
    } else {
        const auto& in = reinterpret_cast<const ::sockaddr_in6&>(address.storage);
        made.family = Family::ipv6;
        std::memcpy(made.bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
    }
    return made;
}

} // namespace netlab
