#include "cli/link_state.h"

#include "base/hostlist.h"
#include "netlink/read.h"
#include "netlink/read_qdiscs.h"

#include <algorithm>
#include <iterator>

namespace netlab {

namespace {

/// What the kernel says of one interface.
struct Reading {
    InterfaceState interface;
    QdiscState qdisc;
};

/// By `node:interface`; nodes that have ended are in `ended`.
struct Readings {
    std::map<std::string, Reading> interfaces;
    std::vector<std::string> ended;
};

void read_node(const NodeHandle& handle, Readings& readings) {
    const auto& node = handle.node.name;
    if (!handle.pidfd) {
        readings.ended.push_back(node);
        return;
    }
    Socket socket;
    std::map<int, QdiscState> qdiscs;
    for (auto& qdisc : read_qdiscs(socket)) {
        qdiscs.emplace(qdisc.interface, std::move(qdisc));
    }
    for (auto& interface : Reader{}.interfaces()) {
        const auto qdisc = qdiscs.find(interface.index);
        const auto name = node + ":" + interface.name;
        readings.interfaces.insert_or_assign(
            name,
            Reading{std::move(interface), qdisc == qdiscs.end() ? QdiscState{} : qdisc->second});
    }
}

std::string state_of(const InterfaceState& interface, bool cut) {
    return cut ? "cut" : !interface.up ? "down" : !interface.carrier ? "no-carrier" : "up";
}

LinkEndState state_of(const Reading& reading, const LinkEndAnswer& end, bool cut) {
    const auto& [interface, qdisc] = reading;
    LinkEndState state;
    state.state = state_of(interface, cut);
    state.mac = interface.mac;
    state.mtu = interface.mtu;
    // The kernel counts a frame as sent by an interface when the qdisc lets it go; netlab's own
    // wire takes it from the interface first.
    const auto& traffic = interface.traffic;
    state.dropped = traffic.tx_dropped + qdisc.drops;
    state.sent = traffic.tx_packets + state.dropped + qdisc.waiting;
    state.waiting = qdisc.waiting;
    if (end.wire) {
        state.dropped += end.wire->lost + end.wire->dropped;
        state.waiting += end.wire->waiting;
    }
    return state;
}

} // namespace

std::string name_of(const LinkEndAnswer& end) {
    return end.node + ":" + end.interface;
}

std::vector<LinkEndAnswer> named_ends(const LinkAnswer& link,
                                      const std::vector<std::string>& targets) {
    std::vector<LinkEndAnswer> ends;
    for (const auto& target : targets) {
        for (const auto& name : expand_hostlist(target).names) {
            std::ranges::copy_if(link.ends, std::back_inserter(ends),
                                 [&](const LinkEndAnswer& end) { return name_of(end) == name; });
        }
    }
    return ends;
}

bool names_link(const LinkAnswer& link, const std::vector<std::string>& targets) {
    return std::ranges::any_of(targets, [&](const std::string& target) {
        const auto names = expand_hostlist(target).names;
        return target == "all" || std::ranges::find(names, link.name) != names.end();
    });
}

std::vector<std::string> nodes_at(const std::vector<LinkAnswer>& links) {
    std::vector<std::string> nodes;
    for (const auto& link : links) {
        for (const auto& end : link.ends) {
            nodes.push_back(end.node);
        }
    }
    std::ranges::sort(nodes);
    // Not std::ranges::unique, which Clang 14 cannot compile with the library of GCC 12.
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
}

LinkEndStates read_end_states(NodeVisits& visits, const std::vector<LinkAnswer>& links) {
    Readings readings;
    visits.each(nodes_at(links), [&](const NodeHandle& handle) { read_node(handle, readings); });
    LinkEndStates states;
    for (const auto& link : links) {
        for (const auto& end : link.ends) {
            const auto name = name_of(end);
            const auto reading = readings.interfaces.find(name);
            if (reading != readings.interfaces.end()) {
                states.emplace(name, state_of(reading->second, end, end.down));
            } else {
                const bool ended =
                    std::ranges::find(readings.ended, end.node) != readings.ended.end();
                states.emplace(name, LinkEndState{ended ? "ended" : "gone", 0, 0, 0, {}, 0});
            }
        }
    }
    return states;
}

} // namespace netlab
