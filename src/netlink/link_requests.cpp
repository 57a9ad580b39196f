#include "netlink/link_requests.h"

#include <cassert>

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

namespace netlab {

namespace {

ifinfomsg link_header(int index) {
    ifinfomsg header{};
    header.ifi_index = index;
    return header;
}

// What both ends of a pair have in common, outside and inside VETH_INFO_PEER.
void put_end(Batch& batch, const VethEnd& end) {
    assert(!end.name.empty());
    batch.put(IFLA_IFNAME, end.name);
    if (end.netns != 0) {
        batch.put(IFLA_NET_NS_PID, static_cast<std::uint32_t>(end.netns));
    }
    if (end.netns_fd >= 0) {
        batch.put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(end.netns_fd));
    }
    if (end.mac != MacAddress{}) {
        batch.put(IFLA_ADDRESS, end.mac);
    }
    batch.put(IFLA_MTU, end.mtu);
    // Without these the kernel makes a queue for each processor: half as dear again.
    batch.put(IFLA_NUM_TX_QUEUES, std::uint32_t{1});
    batch.put(IFLA_NUM_RX_QUEUES, std::uint32_t{1});
}

// The bridge's times are in clock_t of USER_HZ, which is 100 for a second on every architecture.
std::uint32_t clock_ticks(std::chrono::milliseconds time) {
    return static_cast<std::uint32_t>(time.count() / 10);
}

void set_flags(Batch& batch, Tag tag, int index, unsigned flags) {
    ifinfomsg header = link_header(index);
    header.ifi_flags = flags;
    header.ifi_change = IFF_UP;
    batch.begin(RTM_NEWLINK, 0, tag, header);
}

} // namespace

// IFF_UP cannot be part of the request: the kernel would set the first end up before it has a peer
// (ENOTCONN).
void new_veth(Batch& batch, Tag tag, const VethEnd& end, const VethEnd& peer) {
    batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, tag, link_header(end.index));
    put_end(batch, end);
    batch.nest(IFLA_LINKINFO, [&] {
        batch.put(IFLA_INFO_KIND, std::string_view{"veth"});
        batch.nest(IFLA_INFO_DATA, [&] {
            batch.nest(VETH_INFO_PEER, [&] {
                batch.append(link_header(peer.index));
                put_end(batch, peer);
            });
        });
    });
}

void new_bridge(Batch& batch, Tag tag, const BridgeSettings& settings) {
    assert(!settings.name.empty());
    batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, tag, link_header(settings.index));
    batch.put(IFLA_IFNAME, settings.name);
    if (settings.mac != MacAddress{}) {
        batch.put(IFLA_ADDRESS, settings.mac);
    }
    batch.put(IFLA_MTU, settings.mtu);
    batch.nest(IFLA_LINKINFO, [&] {
        batch.put(IFLA_INFO_KIND, std::string_view{"bridge"});
        batch.nest(IFLA_INFO_DATA, [&] {
            batch.put(IFLA_BR_FORWARD_DELAY, clock_ticks(settings.forward_delay));
            batch.put(IFLA_BR_AGEING_TIME, clock_ticks(settings.ageing));
            batch.put(IFLA_BR_STP_STATE, std::uint32_t{settings.stp});
            batch.put(IFLA_BR_MCAST_SNOOPING, std::uint8_t{settings.multicast_snooping});
        });
    });
}

void set_master(Batch& batch, Tag tag, int index, int master) {
    batch.begin(RTM_NEWLINK, 0, tag, link_header(index));
    batch.put(IFLA_MASTER, master);
}

void set_up(Batch& batch, Tag tag, int index) {
    set_flags(batch, tag, index, IFF_UP);
}

void set_down(Batch& batch, Tag tag, int index) {
    set_flags(batch, tag, index, 0);
}

void set_mtu(Batch& batch, Tag tag, int index, std::uint32_t mtu) {
    batch.begin(RTM_NEWLINK, 0, tag, link_header(index));
    batch.put(IFLA_MTU, mtu);
}

void set_gso_segments(Batch& batch, Tag tag, int index, std::uint32_t most) {
    batch.begin(RTM_NEWLINK, 0, tag, link_header(index));
    batch.put(IFLA_GSO_MAX_SEGS, most);
}

void delete_link(Batch& batch, Tag tag, int index) {
    batch.begin(RTM_DELLINK, 0, tag, link_header(index));
}

} // namespace netlab
