#include "relay/socket_address.h"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace netlab {

namespace {

template <class Address>
SocketAddress stored(const Address& address) {
    SocketAddress result;
    std::memcpy(&result.storage, &address, sizeof address);
    result.size = sizeof address;
    return result;
}

} // namespace

SocketAddress socket_address(const IpAddress& address, std::uint16_t port, std::uint32_t scope) {
    const auto wire = address.wire();
    if (address.family == Family::ipv4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        std::memcpy(&in.sin_addr, wire.data(), wire.size());
        return stored(in);
    }
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    in.sin6_scope_id = scope;
    std::memcpy(&in.sin6_addr, wire.data(), wire.size());
    return stored(in);
}

int socket_family(Family family) {
    return family == Family::ipv4 ? AF_INET : AF_INET6;
}

} // namespace netlab
