#include "netlink/route_requests.h"

#include <algorithm>
#include <cassert>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace netlab {

namespace {

rtmsg route_header(const NewRoute& route) {
    const bool direct = std::none_of(route.hops.begin(), route.hops.end(),
                                     [](const RouteHop& hop) { return hop.via.has_value(); });
    rtmsg header{};
    header.rtm_family = route.to.family() == Family::ipv4 ? AF_INET : AF_INET6;
    header.rtm_dst_len = route.to.length;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    // IPv4 takes a hop without a gateway only in a route of narrower scope; IPv6 has no scopes.
    header.rtm_scope = direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    return header;
}

// A hop of RTA_MULTIPATH is a structure that counts the attributes behind it.
void put_hop(Batch& batch, const RouteHop& hop) {
    rtnexthop header{};
    header.rtnh_ifindex = hop.index;
    header.rtnh_len = static_cast<std::uint16_t>(
        sizeof header + (hop.via ? RTA_LENGTH(hop.via->wire().size()) : 0));
    batch.append(header);
    if (hop.via) {
        batch.put(RTA_GATEWAY, *hop.via);
    }
}

} // namespace

void add_route(Batch& batch, Tag tag, const NewRoute& route, IfThere if_there) {
    assert(!route.hops.empty());
    assert(std::all_of(route.hops.begin(), route.hops.end(), [&](const RouteHop& hop) {
        return !hop.via || hop.via->family == route.to.family();
    }));
    const auto flag = if_there == IfThere::refuse ? NLM_F_EXCL : NLM_F_REPLACE;
    batch.begin(RTM_NEWROUTE, static_cast<std::uint16_t>(NLM_F_CREATE | flag), tag,
                route_header(route));
    if (route.to.length > 0) {
        batch.put(RTA_DST, route.to.address);
    }
    if (route.metric) {
        batch.put(RTA_PRIORITY, *route.metric);
    }
    if (route.hops.size() == 1) {
        const RouteHop& hop = route.hops.front();
        if (hop.via) {
            batch.put(RTA_GATEWAY, *hop.via);
        }
        batch.put(RTA_OIF, hop.index);
        return;
    }
    batch.nest(RTA_MULTIPATH, [&] {
        for (const RouteHop& hop : route.hops) {
            put_hop(batch, hop);
        }
    });
}

} // namespace netlab
