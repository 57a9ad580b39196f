#include "plan/parts.h"

#include "graph/components.h"
#include "graph/routed_parts.h"
#include "plan/families.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t most_parts = 4;
constexpr std::size_t most_names = 6;

using Parts = std::vector<std::vector<NodeId>>;

void leave_out_switches(const Topology& topology, Parts& parts) {
    for (auto& part : parts) {
        part.erase(std::remove_if(part.begin(), part.end(),
                                  [&](NodeId id) {
                                      return topology.nodes[index(id)].kind ==
                                             NodeKind::network_switch;
                                  }),
                   part.end());
    }
    parts.erase(std::remove_if(parts.begin(), parts.end(), [](auto& part) { return part.empty(); }),
                parts.end());
}

/// Which parts each node is in, each list once: nodes in the same parts meet the same nodes.
std::set<std::vector<std::size_t>> memberships(const Parts& parts, std::size_t nodes) {
    std::vector<std::vector<std::size_t>> parts_of(nodes);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        for (const auto node : parts[i]) {
            parts_of[index(node)].push_back(i);
        }
    }
    std::sort(parts_of.begin(), parts_of.end());
    std::set<std::vector<std::size_t>> found{parts_of.begin(), parts_of.end()};
    found.erase(std::vector<std::size_t>{}); // switches are in none
    return found;
}

/// Whether each pair of nodes is together in some part: three hosts joined in a triangle are, in
/// three parts.
bool all_meet(const Parts& parts, std::size_t nodes) {
    std::vector<bool> is_one(nodes);
    for (const auto& part : parts) {
        for (const auto node : part) {
            is_one[index(node)] = true;
        }
    }
    const auto all = static_cast<std::size_t>(std::count(is_one.begin(), is_one.end(), true));
    std::vector<std::size_t> met_in(nodes); // the round in which it was met last
    std::size_t round = 0;
    const auto lists = memberships(parts, nodes);
    return std::all_of(lists.begin(), lists.end(), [&](const std::vector<std::size_t>& list) {
        ++round;
        std::size_t met = 0;
        for (const auto part : list) {
            for (const auto node : parts[part]) {
                met += met_in[index(node)] != round ? 1 : 0;
                met_in[index(node)] = round;
            }
        }
        return met == all;
    });
}

std::string names_of(const Topology& topology, const std::vector<NodeId>& part) {
    std::string text;
    for (std::size_t i = 0; i < std::min(part.size(), most_names); ++i) {
        text += (i == 0 ? "" : ", ") + topology.nodes[index(part[i])].name;
    }
    return part.size() > most_names ? fmt::format("{} and {} more", text, part.size() - most_names)
                                    : text;
}

/// Whether a node brings what may be routes of its own, or set them: then nobody knows who reaches
/// whom.
bool may_route_itself(const Topology& topology) {
    return std::any_of(topology.nodes.begin(), topology.nodes.end(), [](const Node& node) {
        return !node.routes.empty() || !node.exec.empty() || !node.run.empty() ||
               node.daemons.any();
    });
}

/// Why nodes do not reach each other, as far as that is plain.
std::string_view hint_for(const Topology& topology, const RoutingPlan& routing, bool all_linked) {
    const auto has_no_address = [&](Family family) {
        return routing.families[family].ends.empty();
    };
    if (!all_linked) {
        return "links join nodes; those with \"up\": false do not";
    }
    if (topology.routing == RoutingMode::none) {
        return "with \"routing\": \"none\" a node knows its own subnets only; give it 'routes', or "
               "leave 'routing' out";
    }
    if (!std::all_of(families.begin(), families.end(), has_no_address)) {
        return "hosts do not forward: what joins subnets has to be a router";
    }
    return !topology.addressing.ipv4 && !topology.addressing.ipv6
               ? "no interface has an address: \"addressing\" turns IPv4 and IPv6 off"
               : "no interface that is up has an address";
}

} // namespace

void warn_of_parts(const Topology& topology, const Graph& graph, const RoutingPlan& routing,
                   Diagnostics& diagnostics) {
    auto linked = components(graph);
    leave_out_switches(topology, linked);
    const bool no_routes = topology.routing == RoutingMode::none;
    auto parts = linked;
    if (!no_routes || !may_route_itself(topology)) {
        const auto& graph4 = *routing.families[Family::ipv4].graph;
        const auto& graph6 = *routing.families[Family::ipv6].graph;
        parts = no_routes ? subnet_parts(graph4, graph6) : routed_parts(graph4, graph6);
        leave_out_switches(topology, parts);
    }
    if (parts.size() < 2 || all_meet(parts, topology.nodes.size())) {
        return;
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(parts.size(), most_parts); ++i) {
        text += fmt::format("{}[{}]", i == 0 ? "" : " ", names_of(topology, parts[i]));
    }
    diagnostics.warning(
        topology.nodes[index(parts[1].front())].span,
        fmt::format("the lab is in {} parts whose nodes cannot all reach each other: {}{}",
                    parts.size(), text, parts.size() > most_parts ? " …" : ""),
        std::string{hint_for(topology, routing, linked.size() == 1)});
}

} // namespace netlab
