#include "lab/shaping.h"
#include "lab/wiring.h"
#include "netlink/address_requests.h"
#include "netlink/link_requests.h"
#include "netlink/readiness.h"
#include "netlink/route_requests.h"
#include "netlink/socket.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

/// For the kernel to get through what comes with addresses and carriers, which it does for all
/// nodes one after the other: on a busy machine that may be a hundred times slower than on an idle
/// one. (That a gateway is on a subnet is known before.)
std::chrono::milliseconds time_for_events(const Lab& lab) {
    return std::chrono::milliseconds{10'000 + 10 * lab.plan.nodes.size()};
}

/// A carrier is there within milliseconds unless the machine is busy; a port under STP needs twice
/// the forward delay, and as long again when the tree changes meanwhile.
std::chrono::milliseconds longest_wait(const Lab& lab, const NodePlan& node) {
    const auto port = node.bridge && node.bridge->stp ? 10 * node.bridge->forward_delay
                                                      : std::chrono::seconds{20};
    return port + time_for_events(lab);
}

/// What a request of a node's batch was about, found again by its tag.
struct Subject {
    enum class Kind : Tag { loopback, bridge, interface, route } kind;
    std::size_t item;

    Tag tag() const { return (static_cast<Tag>(kind) << 28U) | static_cast<Tag>(item); }
    static Subject of(Tag tag) { return {static_cast<Kind>(tag >> 28U), tag & 0x0fffffffU}; }
};

[[noreturn]] void refuse(const Lab& lab, const NodePlan& node, const RequestError& error) {
    const auto [kind, item] = Subject::of(error.tag());
    switch (kind) {
    case Subject::Kind::interface: {
        const auto& interface = node.interfaces[item];
        throw LabError{
            fmt::format("cannot configure {}:{}: {}", node.name, interface.name, error.what()),
            lab.plan.links[index(interface.link)].span, "while configuring an end of this link"};
    }
    case Subject::Kind::route: {
        const auto& route = node.routes[item];
        throw LabError{fmt::format("cannot add the route of {} to {}: {}", node.name,
                                   to_string(route.to), error.what()),
                       route.span.empty() ? node.span : route.span, "while adding routes"};
    }
    case Subject::Kind::bridge:
        throw LabError{
            fmt::format("cannot create the bridge of switch {}: {}", node.name, error.what()),
            node.span, "while making this switch"};
    case Subject::Kind::loopback:
        break;
    }
    throw LabError{fmt::format("cannot configure {}:lo: {}", node.name, error.what()), node.span,
                   "while configuring this node"};
}

void add_loopback(Batch& batch, const NodePlan& node) {
    const auto tag = Subject{Subject::Kind::loopback, 0}.tag();
    set_up(batch, tag, 1);
    for (const auto& address : node.loopback) {
        add_address(batch, tag, 1, address);
    }
}

void add_bridge(Batch& batch, const NodePlan& node, const InterfaceIndices& indices) {
    const auto tag = Subject{Subject::Kind::bridge, 0}.tag();
    const auto& bridge = *node.bridge;
    const int master = indices.of_bridge(node);
    new_bridge(batch, tag,
               {bridge.name, master, bridge.mac, bridge.mtu, bridge.stp, bridge.forward_delay,
                bridge.ageing});
    for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
        set_master(batch, Subject{Subject::Kind::interface, i}.tag(), indices.of(i), master);
    }
    set_up(batch, tag, master);
}

/// The netem of what leaves an interface, where that shapes it.
void add_shaping(Batch& batch, Tag tag, Lab& lab, NodeId id, const InterfacePlan& interface) {
    if (interface.leaving.is_perfect()) {
        return;
    }
    for (const auto& cable : lab.cables_of(interface.link)) {
        for (std::size_t side = 0; side < 2; ++side) {
            if (cable.sides.at(side).node == id && cable.carriage == Carriage::netem) {
                add_netem(batch, tag, cable, side);
            }
        }
    }
}

void add_interfaces(Batch& batch, Lab& lab, NodeId id, const InterfaceIndices& indices) {
    const auto& node = lab.plan.nodes[index(id)];
    for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
        const auto tag = Subject{Subject::Kind::interface, i}.tag();
        add_shaping(batch, tag, lab, id, node.interfaces[i]);
        // Up before it has addresses: their routes are made as they are given, then, and that
        // cannot fail unnoticed. As an interface comes up, the kernel makes those of the addresses
        // that it has with GFP_ATOMIC (fixup_permanent_addr() of net/ipv6/addrconf.c) and says
        // nothing when its per-processor memory is used up for a moment, as happens in labs of
        // thousands.
        if (node.interfaces[i].up) {
            set_up(batch, tag, indices.of(i));
        }
        for (const auto& address : node.interfaces[i].addresses) {
            add_address(batch, tag, indices.of(i), address);
        }
    }
}

int index_of(const NodePlan& node, const std::string& name, const InterfaceIndices& indices) {
    const auto found = std::ranges::find(node.interfaces, name, &InterfacePlan::name);
    return found == node.interfaces.end()
               ? 1
               : indices.of(static_cast<std::size_t>(found - node.interfaces.begin()));
}

void add_routes(Batch& batch, const NodePlan& node, const InterfaceIndices& indices,
                IfThere if_there) {
    for (std::size_t i = 0; i < node.routes.size(); ++i) {
        const auto& route = node.routes[i];
        std::vector<RouteHop> hops;
        for (const auto& hop : route.next_hops) {
            hops.push_back({hop.via, index_of(node, hop.interface, indices)});
        }
        add_route(batch, Subject{Subject::Kind::route, i}.tag(),
                  {route.to, std::move(hops), route.metric}, if_there);
    }
}

bool is_out_of_reach(const RequestError& error) {
    return error.code() == std::errc::host_unreachable ||
           error.code() == std::errc::network_unreachable;
}

std::vector<int> down_on_purpose(const NodePlan& node, const InterfaceIndices& indices) {
    std::vector<int> down;
    for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
        if (!node.interfaces[i].up) {
            down.push_back(indices.of(i));
        }
    }
    return down;
}

} // namespace

void configure(Lab& lab, NodeId id, const InterfaceIndices& indices) {
    const auto& node = lab.plan.nodes[index(id)];
    Socket socket;
    Batch batch;
    add_loopback(batch, node);
    if (node.bridge) {
        add_bridge(batch, node, indices);
    }
    add_interfaces(batch, lab, id, indices);
    try {
        socket.execute(batch);
    } catch (const RequestError& error) {
        refuse(lab, node, error);
    }
}

Settling::Settling(const Lab& lab, NodeId id, const InterfaceIndices& indices, std::vector<int> cut)
    : lab_(lab), node_(lab.plan.nodes[index(id)]), indices_(indices), down_(std::move(cut)),
      give_up_(steady_clock::now() + longest_wait(lab_, node_)) {
    const auto down = down_on_purpose(node_, indices_);
    down_.insert(down_.end(), down.begin(), down.end());
}

bool Settling::links_pass(Socket& socket) {
    const auto readiness = links_ready(socket, down_);
    if (!readiness && steady_clock::now() > give_up_) {
        const auto waited =
            std::chrono::duration_cast<std::chrono::seconds>(longest_wait(lab_, node_));
        throw LabError{fmt::format("{}:{} did not come up within {} s", node_.name,
                                   readiness.waiting_for, waited.count()),
                       node_.span, "while waiting for the links of this node"};
    }
    return static_cast<bool>(readiness);
}

bool Settling::advance() {
    Socket socket;
    if (!pass_ && !links_pass(socket)) {
        return false;
    }
    if (!std::exchange(pass_, true)) {
        // The kernel's answers about links need no lock (Linux 6.10), so it may still be at work on
        // what comes with a carrier that it has shown already; a gateway is out of reach until
        // then.
        give_up_ = steady_clock::now() + time_for_events(lab_);
    }
    Batch batch;
    add_routes(batch, node_, indices_, again_ ? IfThere::replace : IfThere::refuse);
    try {
        socket.execute(batch);
        return true;
    } catch (const RequestError& error) {
        if (!is_out_of_reach(error) || steady_clock::now() > give_up_) {
            refuse(lab_, node_, error);
        }
    }
    again_ = true;
    return false;
}

void finish(const Lab& lab, NodeId id, const InterfaceIndices& indices) {
    Settling settling{lab, id, indices, {}};
    for (auto pause = std::chrono::microseconds{200}; !settling.advance();
         pause = std::min(pause * 2, std::chrono::microseconds{50'000})) {
        std::this_thread::sleep_for(pause);
    }
}

} // namespace netlab
