#include "plan/bridges.h"

#include "graph/switch_loops.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netlab {

namespace {

void check_port_names(const Node& node, const NodePlan& planned, const Topology& topology,
                      Diagnostics& diagnostics) {
    for (const auto& interface : planned.interfaces) {
        if (interface.name == switch_bridge_name) {
            diagnostics.error(topology.links[index(interface.link)].span,
                              fmt::format("'{}' is the name of the bridge inside switch '{}'",
                                          switch_bridge_name, node.name),
                              "name the interface differently");
        }
    }
}

BridgePlan switch_bridge(const Node& node, const NodePlan& planned, bool on_loop, MacSource& macs) {
    BridgePlan bridge;
    bridge.name = switch_bridge_name;
    bridge.mac = macs.make(node.name, bridge.name);
    bridge.stp = node.stp == StpMode::on || (node.stp == StpMode::automatic && on_loop);
    if (node.ageing) {
        bridge.ageing = std::chrono::duration_cast<std::chrono::milliseconds>(*node.ageing);
    }
    const auto smallest =
        std::min_element(planned.interfaces.begin(), planned.interfaces.end(),
                         [](auto& left, auto& right) { return left.mtu < right.mtu; });
    if (smallest != planned.interfaces.end()) {
        bridge.mtu = smallest->mtu;
    }
    return bridge;
}

void warn_of_storms(const Topology& topology, const std::vector<NodeId>& loop,
                    Diagnostics& diagnostics) {
    constexpr std::size_t most_names = 8;
    std::vector<std::string> without;
    std::vector<std::string> names;
    Span span;
    for (const auto id : loop) {
        const auto& node = topology.nodes[index(id)];
        if (names.size() < most_names) {
            names.push_back(node.name);
        }
        if (node.stp == StpMode::off) {
            span = without.empty() ? node.stp_span : span;
            without.push_back(node.name);
        }
    }
    if (without.empty()) {
        return;
    }
    const auto who = without.size() == 1
                         ? fmt::format("'{}' runs", without.front())
                         : fmt::format("'{}' and {} more run", without.front(), without.size() - 1);
    diagnostics.warning(span,
                        fmt::format("{} without a spanning tree on a loop of switches: {}{}", who,
                                    fmt::join(names, ", "),
                                    names.size() < loop.size() ? ", …" : ""),
                        "one broadcast frame may circle for ever; \"stp\": \"auto\" prevents that");
}

SegmentPlan segment_plan(const Link& link, std::size_t number, MacSource& macs, std::uint32_t mtu) {
    SegmentPlan segment;
    segment.bridge.name = fmt::format("lan{}", number);
    segment.bridge.mac = macs.make("", segment.bridge.name);
    segment.bridge.mtu = mtu;
    for (std::size_t i = 0; i < link.endpoints.size(); ++i) {
        segment.ports.push_back(fmt::format("lan{}p{}", number, i));
    }
    return segment;
}

} // namespace

void plan_bridges(const Topology& topology, const Graph& graph, MacSource& macs, Plan& plan,
                  Diagnostics& diagnostics) {
    std::vector<bool> on_loop(topology.nodes.size(), false);
    for (const auto& loop : switch_loops(graph)) {
        for (const auto id : loop) {
            on_loop[index(id)] = true;
        }
        warn_of_storms(topology, loop, diagnostics);
    }
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        if (const auto& node = topology.nodes[i]; node.kind == NodeKind::network_switch) {
            check_port_names(node, plan.nodes[i], topology, diagnostics);
            plan.nodes[i].bridge = switch_bridge(node, plan.nodes[i], on_loop[i], macs);
        }
    }
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        const auto& link = topology.links[i];
        if (!link.is_segment()) {
            continue;
        }
        const auto& [node, interface] = plan.links[i].ends.front();
        plan.links[i].segment =
            segment_plan(link, i, macs, plan.nodes[index(node)].interfaces[interface].mtu);
    }
}

} // namespace netlab
