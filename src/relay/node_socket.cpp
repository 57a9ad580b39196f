#include "relay/node_socket.h"

#include "relay/socket_address.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <fcntl.h>
#include <netinet/in.h>

namespace netlab {

namespace {

/// A socket belongs for good to the namespace that it was made in.
UniqueFd make_in_node(const RelayedPort& port, Family family) {
    const ScopedNetns netns{UniqueFd{
        check(::fcntl(port.node, F_DUPFD_CLOEXEC, 0), "open a node to reach port {}", port.port)}};
    const int type = (port.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return UniqueFd{
        check(::socket(socket_family(family), type, 0), "make a socket to port {}", port.port)};
}

} // namespace

UniqueFd open_in_node(const RelayedPort& port, const IpAddress& address) {
    auto socket = make_in_node(port, address.family);
    if (!port.udp) {
        // Else each connection would take a port of the node's from all of its addresses.
        const int on = 1;
        check(::setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on),
              "set up a socket to port {}", port.port);
    }
    const auto own = socket_address(address, 0);
    check(::bind(socket.get(), own.get(), own.size), "use {} in a node", to_string(address));
    return socket;
}

} // namespace netlab
