#include "relay/host_port.h"

#include "relay/socket_address.h"
#include "sys/check.h"

#include <netinet/in.h>

namespace netlab {

namespace {

/// Connections that wait to be taken; the kernel makes it net.core.somaxconn if that is less.
constexpr int backlog = 4096;

void turn_on(const UniqueFd& socket, int level, int option) {
    const int on = 1;
    check(::setsockopt(socket.get(), level, option, &on, sizeof on), "set up a socket");
}

} // namespace

UniqueFd open_host_port(const IpAddress& address, std::uint16_t port, bool udp) {
    const bool ipv4 = address.family == Family::ipv4;
    const int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    UniqueFd socket{
        check(::socket(socket_family(address.family), type, 0), "make a socket for port {}", port)};
    if (!ipv4) {
        turn_on(socket, IPPROTO_IPV6, IPV6_V6ONLY);
    }
    if (udp) {
        turn_on(socket, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_PKTINFO : IPV6_RECVPKTINFO);
    } else {
        // Connections of the lab before this one may be in TIME_WAIT. Two UDP sockets would share
        // the port by it.
        turn_on(socket, SOL_SOCKET, SO_REUSEADDR);
    }
    const auto bound = socket_address(address, port);
    check(::bind(socket.get(), bound.get(), bound.size), "take port {}", port);
    if (!udp) {
        check(::listen(socket.get(), backlog), "listen at port {}", port);
    }
    return socket;
}

} // namespace netlab
