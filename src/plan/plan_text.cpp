#include "plan/plan_text.h"

#include "base/quote.h"
#include "base/table.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string counted(std::size_t count, const std::string& thing, const std::string& things) {
    return fmt::format("{} {}", count, count == 1 ? thing : things);
}

template <typename Range>
std::string joined(const Range& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : " ") + to_string(item);
    }
    return text.empty() ? "-" : text;
}

std::string end_text(const Plan& plan, const LinkEnd& end) {
    const auto& node = plan.nodes[index(end.node)];
    return fmt::format("{}:{}", node.name, node.interfaces[end.interface].name);
}

/// Who is at the other end: a name, or how many others a LAN segment joins.
std::string peer_text(const Plan& plan, const LinkPlan& link, const LinkEnd& own) {
    if (link.ends.size() > 2) {
        return fmt::format("{} (LAN segment)", link.name);
    }
    const auto other = std::find_if(link.ends.begin(), link.ends.end(),
                                    [&](const LinkEnd& end) { return !(end == own); });
    return other == link.ends.end() ? "-" : end_text(plan, *other);
}

std::string title_text(const Plan& plan) {
    const auto count = [&](NodeKind kind) {
        return static_cast<std::size_t>(
            std::count_if(plan.nodes.begin(), plan.nodes.end(),
                          [&](const NodePlan& node) { return node.kind == kind; }));
    };
    auto text = fmt::format("Lab {}", plan.name);
    if (!plan.description.empty()) {
        text += ": " + printable(plan.description);
    }
    const auto ways_out = count(NodeKind::internet);
    return text + fmt::format("\n{}, {}, {}, {}{}\n",
                              counted(count(NodeKind::host), "host", "hosts"),
                              counted(count(NodeKind::router), "router", "routers"),
                              counted(count(NodeKind::network_switch), "switch", "switches"),
                              ways_out == 0 ? "" : counted(ways_out, "way out, ", "ways out, "),
                              counted(plan.links.size(), "link", "links"));
}

std::string nodes_text(const Plan& plan, bool colour) {
    Table table{{"NODE", "KIND", "INTERFACE", "TO", "ADDRESSES", "MAC", "MTU"}};
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        const auto& node = plan.nodes[i];
        auto name = node.name;
        auto kind = std::string{to_string(node.kind)};
        if (!node.loopback.empty() || node.interfaces.empty()) {
            table.add_row({name, kind, "lo", "-", joined(node.loopback), "-", "-"});
            name.clear();
            kind.clear();
        }
        for (std::uint32_t k = 0; k < node.interfaces.size(); ++k) {
            const auto& interface = node.interfaces[k];
            const auto& link = plan.links[index(interface.link)];
            table.add_row({name, kind, interface.name, peer_text(plan, link, {node_id(i), k}),
                           joined(interface.addresses), to_string(interface.mac),
                           std::to_string(interface.mtu) + (interface.up ? "" : " down")});
            name.clear();
            kind.clear();
        }
    }
    return "\nNodes\n" + table.to_string(0, colour);
}

std::string links_text(const Plan& plan, bool colour) {
    if (plan.links.empty()) {
        return {};
    }
    Table table{{"LINK", "COST", "SUBNETS", "ENDS"}};
    for (const auto& link : plan.links) {
        std::string ends;
        for (const auto& end : link.ends) {
            ends += (ends.empty() ? "" : " ") + end_text(plan, end);
        }
        table.add_row({link.name, std::to_string(link.cost), joined(link.subnets), ends});
    }
    return "\nLinks\n" + table.to_string(0, colour);
}

/// One row for each direction of the links that have impairments.
std::string impairments_text(const Plan& plan, bool colour) {
    Table table{{"LINK", "ENGINE", "FROM", "TO", "ON THE WAY"}};
    bool any = false;
    const auto leaving = [&](const LinkEnd& end) -> const Impairment& {
        return plan.nodes[index(end.node)].interfaces[end.interface].leaving;
    };
    for (const auto& link : plan.links) {
        if (std::all_of(link.ends.begin(), link.ends.end(),
                        [&](const LinkEnd& end) { return leaving(end).is_perfect(); })) {
            continue;
        }
        auto name = link.name;
        auto engine = std::string{to_string(link.engine)};
        for (const auto& end : link.ends) {
            table.add_row({name, engine, end_text(plan, end), peer_text(plan, link, end),
                           to_string(leaving(end))});
            name.clear();
            engine.clear();
        }
        any = true;
    }
    return any ? "\nImpairments (the other links are perfect)\n" + table.to_string(0, colour)
               : std::string{};
}

std::string hop_text(const NextHop& hop) {
    return hop.via ? fmt::format("via {} on {}", to_string(*hop.via), hop.interface)
                   : fmt::format("on {}", hop.interface);
}

/// One row for each next hop; node and prefix are said once.
std::string routes_text(const Plan& plan, bool colour) {
    Table table{{"NODE", "TO", "NEXT HOP"}};
    bool any = false;
    for (const auto& node : plan.nodes) {
        auto name = node.name;
        for (const auto& route : node.routes) {
            auto to = route.to.length == 0
                          ? fmt::format("default ({})",
                                        route.to.family() == Family::ipv4 ? "IPv4" : "IPv6")
                          : to_string(route.to);
            for (const auto& hop : route.next_hops) {
                const auto metric = route.metric ? fmt::format(" metric {}", *route.metric) : "";
                table.add_row({name, to, hop_text(hop) + metric});
                name.clear();
                to.clear();
                any = true;
            }
        }
    }
    return any ? "\nRoutes (beside the nodes' own subnets)\n" + table.to_string(0, colour)
               : std::string{};
}

std::string bridges_text(const Plan& plan, bool colour) {
    Table table{{"BRIDGE", "OF", "SPANNING TREE", "MTU", "MAC"}};
    bool any = false;
    const auto add = [&](const BridgePlan& bridge, const std::string& owner) {
        table.add_row({bridge.name, owner, bridge.stp ? "on" : "off", std::to_string(bridge.mtu),
                       to_string(bridge.mac)});
        any = true;
    };
    for (const auto& node : plan.nodes) {
        if (node.bridge) {
            add(*node.bridge, fmt::format("switch {}", node.name));
        }
    }
    for (const auto& link : plan.links) {
        if (link.segment) {
            add(link.segment->bridge, fmt::format("LAN segment {}", link.name));
        }
    }
    return any ? "\nBridges\n" + table.to_string(0, colour) : std::string{};
}

/// As the file wrote it: a string went through `sh -c`.
std::string command_text(const Command& command) {
    const auto& argv = command.argv;
    if (argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c") {
        return printable(argv[2], 60);
    }
    return printable(fmt::format("{}", fmt::join(argv, " ")), 60);
}

std::string ready_text(const Service& service) {
    if (const auto* port = std::get_if<std::uint16_t>(&service.ready)) {
        return fmt::format("port {}", *port);
    }
    if (const auto* command = std::get_if<Command>(&service.ready)) {
        return command_text(*command);
    }
    if (const auto* text = std::get_if<std::string>(&service.ready)) {
        return "log: " + printable(*text, 40);
    }
    return "when it runs";
}

/// One row for each service; node and what it waits for are said once.
std::string services_text(const Plan& plan, bool colour) {
    Table table{{"NODE", "AFTER", "SERVICE", "COMMAND", "READY", "RESTART"}};
    bool any = false;
    for (const auto& node : plan.nodes) {
        std::string after;
        for (const auto id : node.depends_on) {
            after += (after.empty() ? "" : " ") + plan.nodes[index(id)].name;
        }
        auto name = node.name;
        for (const auto& service : node.run) {
            table.add_row({name, after.empty() && !name.empty() ? "-" : after, service.name,
                           command_text(service.command), ready_text(service),
                           std::string{to_string(service.restart)}});
            name.clear();
            after.clear();
        }
        if (node.run.empty() && !after.empty()) {
            table.add_row({name, after, "-", "", "", ""});
        }
        any = any || !node.run.empty() || !node.depends_on.empty();
    }
    return any ? "\nServices\n" + table.to_string(0, colour) : std::string{};
}

/// What the nodes that are not like the others run in: limits, and another root.
std::string limits_text(const Plan& plan, bool colour) {
    Table table{{"NODE", "PROCESSORS", "MEMORY", "PROCESSES", "ROOT"}};
    bool any = false;
    for (const auto& node : plan.nodes) {
        const auto& limits = node.limits;
        if (!limits.any() && node.root.host_path.empty()) {
            continue;
        }
        table.add_row({node.name, limits.cpu ? spell_cpu(*limits.cpu) : "-",
                       limits.memory ? spell_bytes(*limits.memory) : "-",
                       limits.pids ? std::to_string(*limits.pids) : "-",
                       node.root.host_path.empty() ? "host" : printable(node.root.host_path)});
        any = true;
    }
    return any ? "\nLimits and roots (the other nodes have none of their own)\n" +
                     table.to_string(0, colour)
               : std::string{};
}

std::string clocks_text(const Plan& plan, bool colour) {
    Table table{{"NODE", "OFFSET", "DRIFT", "MONOTONIC", "BOOT"}};
    bool any = false;
    for (const auto& node : plan.nodes) {
        const auto& clock = node.clock;
        if (clock.is_moved() || clock.is_shifted()) {
            table.add_row({node.name, spell_signed(clock.offset), spell_drift(clock.drift),
                           spell_signed(clock.monotonic), spell_signed(clock.boot)});
            any = true;
        }
    }
    return any ? "\nClocks (the other nodes have the host's)\n" + table.to_string(0, colour)
               : std::string{};
}

std::string published_text(const Plan& plan, bool colour) {
    Table table{{"HOST", "NODE", "PORT"}};
    bool any = false;
    for (const auto& node : plan.nodes) {
        for (const auto& port : node.publish) {
            table.add_row({to_string(port), node.name, node_side(port)});
            any = true;
        }
    }
    return any ? "\nPublished ports\n" + table.to_string(0, colour) : std::string{};
}

} // namespace

std::string plan_to_text(const Plan& plan, bool colour) {
    return title_text(plan) + nodes_text(plan, colour) + links_text(plan, colour) +
           impairments_text(plan, colour) + routes_text(plan, colour) + bridges_text(plan, colour) +
           limits_text(plan, colour) + clocks_text(plan, colour) + services_text(plan, colour) +
           published_text(plan, colour) + "\nNames (/etc/hosts of every node)\n" + plan.hosts;
}

} // namespace netlab
