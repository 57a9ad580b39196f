#include "plan/plan_text.h"

#include "base/long_table.h"
#include "base/quote.h"

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

void write_nodes(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            const auto& node = plan.nodes[i];
            std::string_view name = node.name;
            std::string_view kind = to_string(node.kind);
            if (!node.loopback.empty() || node.interfaces.empty()) {
                row({name, kind, "lo", "-", joined(node.loopback), "-", "-"});
                name = kind = "";
            }
            for (std::uint32_t k = 0; k < node.interfaces.size(); ++k) {
                const auto& interface = node.interfaces[k];
                const auto& link = plan.links[index(interface.link)];
                row({name, kind, interface.name, peer_text(plan, link, {node_id(i), k}),
                     joined(interface.addresses), to_string(interface.mac),
                     std::to_string(interface.mtu) + (interface.up ? "" : " down")});
                name = kind = "";
            }
        }
    };
    write_table("\nNodes\n", {"NODE", "KIND", "INTERFACE", "TO", "ADDRESSES", "MAC", "MTU"}, rows,
                write);
}

void write_links(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& link : plan.links) {
            std::string ends;
            for (const auto& end : link.ends) {
                ends += (ends.empty() ? "" : " ") + end_text(plan, end);
            }
            row({link.name, std::to_string(link.cost), joined(link.subnets), ends});
        }
    };
    write_table("\nLinks\n", {"LINK", "COST", "SUBNETS", "ENDS"}, rows, write);
}

/// One row for each direction of the links that have impairments.
void write_impairments(const Plan& plan, const Write& write) {
    const auto leaving = [&](const LinkEnd& end) -> const Impairment& {
        return plan.nodes[index(end.node)].interfaces[end.interface].leaving;
    };
    const auto rows = [&](const TakeRow& row) {
        for (const auto& link : plan.links) {
            if (std::all_of(link.ends.begin(), link.ends.end(),
                            [&](const LinkEnd& end) { return leaving(end).is_perfect(); })) {
                continue;
            }
            std::string_view name = link.name;
            std::string_view engine = to_string(link.engine);
            for (const auto& end : link.ends) {
                row({name, engine, end_text(plan, end), peer_text(plan, link, end),
                     to_string(leaving(end))});
                name = engine = "";
            }
        }
    };
    write_table("\nImpairments (the other links are perfect)\n",
                {"LINK", "ENGINE", "FROM", "TO", "ON THE WAY"}, rows, write);
}

std::string hop_text(const NextHop& hop) {
    return hop.via ? fmt::format("via {} on {}", to_string(*hop.via), hop.interface)
                   : fmt::format("on {}", hop.interface);
}

std::string destination_text(const IpPrefix& to) {
    return to.length == 0
               ? fmt::format("default ({})", to.family() == Family::ipv4 ? "IPv4" : "IPv6")
               : to_string(to);
}

/// One row for each next hop; node and prefix are said once.
void write_routes(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& node : plan.nodes) {
            std::string_view name = node.name;
            for (const auto& route : node.routes) {
                auto to = destination_text(route.to);
                for (const auto& hop : route.next_hops) {
                    const auto metric =
                        route.metric ? fmt::format(" metric {}", *route.metric) : "";
                    row({name, to, hop_text(hop) + metric});
                    name = "";
                    to.clear();
                }
            }
        }
    };
    write_table("\nRoutes (beside the nodes' own subnets)\n", {"NODE", "TO", "NEXT HOP"}, rows,
                write);
}

void write_bridges(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        const auto add = [&](const BridgePlan& bridge, const std::string& owner) {
            row({bridge.name, owner, bridge.stp ? "on" : "off", std::to_string(bridge.mtu),
                 to_string(bridge.mac)});
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
    };
    write_table("\nBridges\n", {"BRIDGE", "OF", "SPANNING TREE", "MTU", "MAC"}, rows, write);
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
void write_services(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& node : plan.nodes) {
            std::string after;
            for (const auto id : node.depends_on) {
                after += (after.empty() ? "" : " ") + plan.nodes[index(id)].name;
            }
            std::string_view name = node.name;
            for (const auto& service : node.run) {
                row({name, after.empty() && !name.empty() ? "-" : after, service.name,
                     command_text(service.command), ready_text(service),
                     to_string(service.restart)});
                name = "";
                after.clear();
            }
            if (node.run.empty() && !after.empty()) {
                row({name, after, "-", "", "", ""});
            }
        }
    };
    write_table("\nServices\n", {"NODE", "AFTER", "SERVICE", "COMMAND", "READY", "RESTART"}, rows,
                write);
}

/// What the nodes that are not like the others run in: limits, and another root.
void write_limits(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& node : plan.nodes) {
            const auto& limits = node.limits;
            if (!limits.any() && node.root.host_path.empty()) {
                continue;
            }
            row({node.name, limits.cpu ? spell_cpu(*limits.cpu) : "-",
                 limits.memory ? spell_bytes(*limits.memory) : "-",
                 limits.pids ? std::to_string(*limits.pids) : "-",
                 node.root.host_path.empty() ? "host" : printable(node.root.host_path)});
        }
    };
    write_table("\nLimits and roots (the other nodes have none of their own)\n",
                {"NODE", "PROCESSORS", "MEMORY", "PROCESSES", "ROOT"}, rows, write);
}

void write_clocks(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& node : plan.nodes) {
            const auto& clock = node.clock;
            if (clock.is_moved() || clock.is_shifted()) {
                row({node.name, spell_signed(clock.offset), spell_drift(clock.drift),
                     spell_signed(clock.monotonic), spell_signed(clock.boot)});
            }
        }
    };
    write_table("\nClocks (the other nodes have the host's)\n",
                {"NODE", "OFFSET", "DRIFT", "MONOTONIC", "BOOT"}, rows, write);
}

void write_published(const Plan& plan, const Write& write) {
    const auto rows = [&](const TakeRow& row) {
        for (const auto& node : plan.nodes) {
            for (const auto& port : node.publish) {
                row({to_string(port), node.name, node_side(port)});
            }
        }
    };
    write_table("\nPublished ports\n", {"HOST", "NODE", "PORT"}, rows, write);
}

} // namespace

void write_plan_text(const Plan& plan, const Write& write) {
    write(title_text(plan));
    for (auto* const section :
         {write_nodes, write_links, write_impairments, write_routes, write_bridges, write_limits,
          write_clocks, write_services, write_published}) {
        section(plan, write);
    }
    write("\nNames (/etc/hosts of every node)\n");
    write(plan.hosts);
}

} // namespace netlab
