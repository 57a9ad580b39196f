#include "netlink/libnl.h"
#include "netlink/read.h"

#include <algorithm>
#include <array>
#include <map>

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <sys/socket.h>

namespace netlab {

namespace {

std::string text(const char* words) {
    return words == nullptr ? std::string{} : words;
}

MacAddress mac_of(rtnl_link* link) {
    MacAddress mac;
    const nl_addr* address = rtnl_link_get_addr(link);
    if (address != nullptr && nl_addr_get_len(address) == mac.bytes.size()) {
        std::copy_n(static_cast<const std::uint8_t*>(nl_addr_get_binary_addr(address)),
                    mac.bytes.size(), mac.bytes.begin());
    }
    return mac;
}

TrafficCounters traffic_of(rtnl_link* link) {
    return {rtnl_link_get_stat(link, RTNL_LINK_RX_PACKETS),
            rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES),
            rtnl_link_get_stat(link, RTNL_LINK_TX_PACKETS),
            rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES),
            rtnl_link_get_stat(link, RTNL_LINK_TX_DROPPED)};
}

InterfaceState state_of(rtnl_link* link) {
    InterfaceState state;
    state.index = rtnl_link_get_ifindex(link);
    state.name = text(rtnl_link_get_name(link));
    state.mac = mac_of(link);
    state.mtu = rtnl_link_get_mtu(link);
    state.up = (rtnl_link_get_flags(link) & IFF_UP) != 0;
    state.carrier = rtnl_link_get_carrier(link) != 0;
    std::array<char, 32> operstate{};
    state.operstate =
        rtnl_link_operstate2str(rtnl_link_get_operstate(link), operstate.data(), operstate.size());
    state.kind = text(rtnl_link_get_type(link));
    if (const int master = rtnl_link_get_master(link); master != 0) {
        state.master = master;
    }
    if (const int peer = rtnl_link_get_link(link); state.kind == "veth" && peer != 0) {
        state.peer_index = peer;
    }
    state.traffic = traffic_of(link);
    return state;
}

const char* port_state_name(int state) {
    constexpr std::array names{"disabled", "listening", "learning", "forwarding", "blocking"};
    return state >= 0 && static_cast<std::size_t>(state) < names.size()
               ? names[static_cast<std::size_t>(state)]
               : "";
}

using InterfacesByIndex = std::map<int, InterfaceState>;

void add_links(nl_sock* socket, InterfacesByIndex& interfaces) {
    nl_cache* raw = nullptr;
    check_libnl(rtnl_link_alloc_cache(socket, AF_UNSPEC, &raw), "list the interfaces");
    for_each<rtnl_link>(Cache{raw}, [&](rtnl_link* link) {
        interfaces.insert_or_assign(rtnl_link_get_ifindex(link), state_of(link));
    });
}

// The state of a bridge's ports is in another list of interfaces, the bridges' own.
void add_port_states(nl_sock* socket, InterfacesByIndex& interfaces) {
    nl_cache* raw = nullptr;
    check_libnl(rtnl_link_alloc_cache(socket, AF_BRIDGE, &raw), "list the bridge ports");
    for_each<rtnl_link>(Cache{raw}, [&](rtnl_link* link) {
        const auto found = interfaces.find(rtnl_link_get_ifindex(link));
        if (found != interfaces.end() && found->second.master) {
            found->second.port_state = port_state_name(rtnl_link_bridge_get_port_state(link));
        }
    });
}

void add_addresses(nl_sock* socket, InterfacesByIndex& interfaces) {
    nl_cache* raw = nullptr;
    check_libnl(rtnl_addr_alloc_cache(socket, &raw), "list the addresses");
    for_each<rtnl_addr>(Cache{raw}, [&](rtnl_addr* entry) {
        const auto found = interfaces.find(rtnl_addr_get_ifindex(entry));
        const auto address = ip_address(rtnl_addr_get_local(entry));
        if (found != interfaces.end() && address) {
            found->second.addresses.push_back(
                {*address, static_cast<std::uint8_t>(rtnl_addr_get_prefixlen(entry))});
        }
    });
}

} // namespace

std::vector<InterfaceState> Reader::interfaces() {
    InterfacesByIndex by_index;
    add_links(socket_.get(), by_index);
    add_port_states(socket_.get(), by_index);
    add_addresses(socket_.get(), by_index);
    std::vector<InterfaceState> result;
    result.reserve(by_index.size());
    for (auto& [index, state] : by_index) {
        result.push_back(std::move(state));
    }
    return result;
}

} // namespace netlab
