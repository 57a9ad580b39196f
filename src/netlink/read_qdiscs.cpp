#include "netlink/read_qdiscs.h"

#include "netlink/attribute.h"

#include <algorithm>
#include <cstring>

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

namespace netlab {

namespace {

/// The structure in an attribute, as much of it as this kernel fills.
template <class Structure>
Structure structure_of(const nlattr* attribute) {
    Structure structure{};
    if (attribute != nullptr) {
        std::memcpy(&structure, mnl_attr_get_payload(attribute),
                    std::min<std::size_t>(sizeof structure, mnl_attr_get_payload_len(attribute)));
    }
    return structure;
}

QdiscState state_of(const nlmsghdr& message, const tcmsg& header) {
    const nlattr* counters = find_attribute(message, sizeof header, TCA_STATS2);
    const auto sent = structure_of<gnet_stats_basic>(find_attribute(counters, TCA_STATS_BASIC));
    const auto queue = structure_of<gnet_stats_queue>(find_attribute(counters, TCA_STATS_QUEUE));
    // Only there when 32 bits do not hold it.
    const nlattr* long_count = find_attribute(counters, TCA_STATS_PKT64);
    QdiscState state;
    state.interface = header.tcm_ifindex;
    state.handle = header.tcm_handle;
    state.kind = text_of(find_attribute(message, sizeof header, TCA_KIND));
    state.packets = long_count != nullptr ? structure_of<std::uint64_t>(long_count) : sent.packets;
    state.drops = queue.drops;
    state.waiting = queue.qlen;
    state.backlog = queue.backlog;
    return state;
}

} // namespace

std::vector<QdiscState> read_qdiscs(Socket& socket) {
    Batch request;
    request.begin(RTM_GETQDISC, NLM_F_DUMP, 0, tcmsg{});
    std::vector<QdiscState> states;
    const auto keep = [&](const nlmsghdr& message) {
        if (message.nlmsg_type != RTM_NEWQDISC ||
            mnl_nlmsg_get_payload_len(&message) < sizeof(tcmsg)) {
            return;
        }
        const auto& header = *static_cast<const tcmsg*>(mnl_nlmsg_get_payload(&message));
        if (header.tcm_parent == TC_H_ROOT) {
            states.push_back(state_of(message, header));
        }
    };
    bool consistent = false;
    do {
        states.clear();
        consistent = socket.dump(request, keep);
    } while (!consistent);
    return states;
}

} // namespace netlab
