#include "netlink/read_neighbours.h"

#include "netlink/libnl.h"

#include <array>
#include <memory>

#include <netlink/route/neighbour.h>

namespace netlab {

namespace {

struct FreeNeighbourSocket {
    void operator()(nl_sock* socket) const { nl_socket_free(socket); }
};

/// Enough for any address and any set of states as libnl writes them.
using NeighbourText = std::array<char, 128>;

NeighbourState neighbour_state(rtnl_neigh* neighbour, const IpAddress& address) {
    NeighbourText text{};
    NeighbourState made{address, rtnl_neigh_get_ifindex(neighbour), {}, {}};
    if (const auto* mac = rtnl_neigh_get_lladdr(neighbour)) {
        made.mac = nl_addr2str(mac, text.data(), text.size());
    }
    made.state = rtnl_neigh_state2str(rtnl_neigh_get_state(neighbour), text.data(), text.size());
    return made;
}

} // namespace

std::vector<NeighbourState> read_neighbours() {
    const std::unique_ptr<nl_sock, FreeNeighbourSocket> socket{nl_socket_alloc()};
    check_libnl(nl_connect(socket.get(), NETLINK_ROUTE), "reach rtnetlink");
    nl_cache* made = nullptr;
    check_libnl(rtnl_neigh_alloc_cache(socket.get(), &made), "read neighbours");
    const Cache cache{made};
    std::vector<NeighbourState> neighbours;
    for_each<rtnl_neigh>(cache, [&](rtnl_neigh* one) {
        if (const auto address = ip_address(rtnl_neigh_get_dst(one))) {
            neighbours.push_back(neighbour_state(one, *address));
        }
    });
    return neighbours;
}

} // namespace netlab
