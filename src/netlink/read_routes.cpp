#include "netlink/libnl.h"
#include "netlink/read.h"

#include <array>

#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <netlink/route/rtnl.h>

namespace netlab {

namespace {

using Route = std::unique_ptr<rtnl_route, PutObject<rtnl_route>>;
using Routes = std::vector<Route>;

// Called by libnl, which is C: nothing may be thrown through it.
int keep_route(nl_msg* message, void* kept) noexcept {
    rtnl_route* route = nullptr;
    if (const int error = rtnl_route_parse(nlmsg_hdr(message), &route); error < 0) {
        return error;
    }
    static_cast<Routes*>(kept)->emplace_back(route);
    return NL_OK;
}

// Not by a libnl cache: that holds two routes to one prefix on different interfaces (fe80::/64) for
// the same.
Routes read_all(nl_sock* socket) {
    Routes routes;
    check_libnl(nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, keep_route, &routes),
                "read the routes");
    int result = 0;
    do {
        routes.clear();
        check_libnl(nl_rtgen_request(socket, RTM_GETROUTE, AF_UNSPEC, NLM_F_DUMP),
                    "ask for the routes");
        result = nl_recvmsgs_default(socket);
    } while (result == -NLE_DUMP_INTR);
    check_libnl(result, "read the routes");
    return routes;
}

bool is_wanted(rtnl_route* route) {
    const int type = rtnl_route_get_type(route);
    const int family = rtnl_route_get_family(route);
    return rtnl_route_get_table(route) == RT_TABLE_MAIN && type != RTN_LOCAL &&
           type != RTN_BROADCAST && type != RTN_ANYCAST && type != RTN_MULTICAST &&
           (family == AF_INET || family == AF_INET6);
}

// libnl 3.7 does not know the routing daemons' numbers.
std::string protocol_name(std::uint8_t protocol) {
    switch (protocol) {
    case RTPROT_REDIRECT:
        return "redirect";
    case RTPROT_KERNEL:
        return "kernel";
    case RTPROT_BOOT:
        return "boot";
    case RTPROT_STATIC:
        return "static";
    case RTPROT_RA:
        return "ra";
    case RTPROT_ZEBRA:
        return "zebra";
    case RTPROT_BIRD:
        return "bird";
    case RTPROT_DHCP:
        return "dhcp";
    case RTPROT_BABEL:
        return "babel";
    case RTPROT_BGP:
        return "bgp";
    case RTPROT_ISIS:
        return "isis";
    case RTPROT_OSPF:
        return "ospf";
    case RTPROT_RIP:
        return "rip";
    // FRRouting's own numbers (zebra/rt_netlink.h), for RIPng and for staticd's.
    case 190:
        return "ripng";
    case 196:
        return "static";
    default:
        return std::to_string(protocol);
    }
}

std::string interface_name(nl_cache* links, int index) {
    std::array<char, 64> name{};
    const char* found = rtnl_link_i2name(links, index, name.data(), name.size());
    return found == nullptr ? std::to_string(index) : found;
}

std::vector<RouteHopState> hops_of(rtnl_route* route, nl_cache* links) {
    std::vector<RouteHopState> hops;
    for (int i = 0; i < rtnl_route_get_nnexthops(route); ++i) {
        rtnl_nexthop* hop = rtnl_route_nexthop_n(route, i);
        auto via = ip_address(rtnl_route_nh_get_gateway(hop));
        if (!via) {
            via = ip_address(rtnl_route_nh_get_via(hop));
        }
        // The wire counts weights from 0.
        hops.push_back({via, interface_name(links, rtnl_route_nh_get_ifindex(hop)),
                        rtnl_route_nh_get_weight(hop) + 1});
    }
    return hops;
}

RouteState state_of(rtnl_route* route, nl_cache* links) {
    RouteState state;
    const nl_addr* destination = rtnl_route_get_dst(route);
    const Family family = rtnl_route_get_family(route) == AF_INET ? Family::ipv4 : Family::ipv6;
    state.to.address = ip_address(destination).value_or(IpAddress{family, {}});
    state.to.length =
        static_cast<std::uint8_t>(destination == nullptr ? 0 : nl_addr_get_prefixlen(destination));
    state.hops = hops_of(route, links);
    state.metric = rtnl_route_get_priority(route);
    state.protocol = protocol_name(rtnl_route_get_protocol(route));
    std::array<char, 32> words{};
    state.scope = rtnl_scope2str(rtnl_route_get_scope(route), words.data(), words.size());
    state.type = nl_rtntype2str(rtnl_route_get_type(route), words.data(), words.size());
    return state;
}

} // namespace

std::vector<RouteState> Reader::routes() {
    nl_cache* raw = nullptr;
    check_libnl(rtnl_link_alloc_cache(socket_.get(), AF_UNSPEC, &raw), "list the interfaces");
    const Cache links{raw};
    std::vector<RouteState> result;
    for (const Route& route : read_all(socket_.get())) {
        if (is_wanted(route.get())) {
            result.push_back(state_of(route.get(), links.get()));
        }
    }
    return result;
}

} // namespace netlab
