#include "base/quote.h"
#include "base/table.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/inspect_state.h"
#include "cli/json_output.h"
#include "cli/output.h"

#include <fmt/format.h>

namespace netlab {

namespace {

bool is_link_local(const IpAddress& address) {
    return address.family == Family::ipv6 && address.bytes[0] == 0xfe &&
           (address.bytes[1] & 0xc0U) == 0x80;
}

bool is_worth_showing(const InterfaceState& interface) {
    return interface.name != "lo" || interface.addresses.size() > 2;
}

std::string addresses_of(const InterfaceState& interface) {
    std::string text;
    for (const auto& address : interface.addresses) {
        const bool own =
            to_string(address.address) == "127.0.0.1" || to_string(address.address) == "::1";
        if (!is_link_local(address.address) && !own) {
            text += (text.empty() ? "" : " ") + to_string(address);
        }
    }
    return text;
}

std::string state_of(const InterfaceState& interface) {
    return interface.port_state.empty() ? interface.name == "lo" ? "up" : interface.operstate
                                        : interface.port_state;
}

void add_interfaces(Table& table, const NodeState& node) {
    std::string name = node.name;
    std::string kind =
        node.kind + (node.stopped ? " (stopped)" : "") + (node.paused ? " (paused)" : "");
    if (!node.running) {
        table.add_row({name, kind, "-", "ended", "", "", node.end});
    }
    for (const auto& interface : node.interfaces) {
        if (is_worth_showing(interface)) {
            table.add_row({name, kind, interface.name, state_of(interface),
                           to_string(interface.mac), std::to_string(interface.mtu),
                           addresses_of(interface)});
            name.clear();
            kind.clear();
        }
    }
}

std::string next_hop(const RouteHopState& hop) {
    return hop.via ? fmt::format("via {} dev {}", to_string(*hop.via), hop.interface)
                   : "dev " + hop.interface;
}

void add_routes(Table& table, const NodeState& node) {
    std::string name = node.name;
    for (const auto& route : node.routes) {
        if (is_link_local(route.to.address)) {
            continue;
        }
        std::string to = route.to.length == 0 ? "default" : to_string(route.to);
        if (route.type != "unicast") { // it leads nowhere, whatever interface the kernel gives it
            table.add_row({name, to, route.type, route.protocol});
            name.clear();
            continue;
        }
        for (const auto& hop : route.hops) {
            table.add_row({name, to, next_hop(hop), route.protocol});
            name.clear();
            to.clear();
        }
    }
}

void add_published(Table& table, const NodeState& node) {
    for (const auto& port : node.publish) {
        table.add_row({to_string(port), node.name, node_side(port)});
    }
}

void show(const LabCard& card, const std::vector<NodeState>& nodes) {
    const bool colour = wants_colour(stdout);
    const auto description = card.description.empty() ? "" : ": " + printable(card.description);
    print(stdout,
          fmt::format("lab {}{}\n{}\n\n", card.name, description, printable(card.file, 4096)));
    Table interfaces{{"NODE", "KIND", "INTERFACE", "STATE", "MAC", "MTU", "ADDRESSES"}};
    Table routes{{"NODE", "ROUTE TO", "NEXT HOP", "FROM"}};
    Table published{{"HOST", "NODE", "PORT"}};
    bool any_published = false;
    for (const auto& node : nodes) {
        add_interfaces(interfaces, node);
        add_routes(routes, node);
        add_published(published, node);
        any_published = any_published || !node.publish.empty();
    }
    print(stdout, interfaces.to_string(0, colour) + "\n" + routes.to_string(0, colour) +
                      (any_published ? "\n" + published.to_string(0, colour) : ""));
}

} // namespace

int run_inspect(const InspectOptions& options) {
    const auto lab = find_lab(options.lab);
    const auto card = read_card(lab);
    LabClient client{lab.path};
    const auto nodes = read_states(client, options.nodes);
    if (options.json) {
        print(stdout, states_to_json(card, nodes));
    } else {
        show(card, nodes);
    }
    return 0;
}

} // namespace netlab
