#include "plan/routing_daemons.h"

#include "plan/daemon_map.h"
#include "plan/daemon_readiness.h"
#include "plan/frr_config.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr const char* directory = "/etc/frr";
constexpr auto time_to_start = 60s;

// The LLC header, and the least and most that IS-IS takes for a packet's length.
constexpr std::uint32_t llc_header = 3;
constexpr std::uint32_t least_lsp_mtu = 128;
constexpr std::uint32_t most_lsp_mtu = 1497;

/// RFC 6996: 64512 to 65534 and from 4200000000 on are for private use. Numbers that the file gives
/// away are left out.
std::vector<std::uint32_t> autonomous_systems(const Topology& topology) {
    std::set<std::uint32_t> taken;
    for (const auto& node : topology.nodes) {
        taken.insert(node.daemons.asn.value_or(0));
    }
    constexpr std::uint32_t last_short = 65'534;
    std::uint32_t next = 65'000;
    const auto draw = [&] {
        do {
            next = next == last_short ? 4'200'000'000 : next + 1;
        } while (taken.contains(next));
        return next;
    };
    std::vector<std::uint32_t> asns;
    for (const auto& node : topology.nodes) {
        asns.push_back(!node.daemons.bgp ? 0 : node.daemons.asn ? *node.daemons.asn : draw());
    }
    return asns;
}

std::optional<IpAddress> loopback_of(const AddressPlan& addresses, std::size_t node,
                                     Family family) {
    for (const auto& loopback : addresses.loopbacks[node]) {
        if (loopback.family() == family) {
            return loopback.address;
        }
    }
    return std::nullopt;
}

/// Without an IPv4 loopback address: a number that is as unlike as the nodes are (RFC 2328 section
/// C.1).
std::string router_id(const AddressPlan& addresses, std::size_t node) {
    return to_string(
        loopback_of(addresses, node, Family::ipv4).value_or(IpAddress{}.plus(node + 1)));
}

/// Whether what is at `path` in the node is the host's.
bool covers(const Bind& bind, const std::string& path) {
    return (path + "/").starts_with(bind.node_path + "/");
}

bool has_family(const DaemonRouter& router, Family family) {
    return std::ranges::any_of(router.interfaces, [&](const DaemonInterface& interface) {
        return interface.has_address[family];
    });
}

/// One router's daemons on their way into its plan.
class RouterDaemons {
public:
    RouterDaemons(const Node& node, NodePlan& plan) : node_(node), plan_(plan) {
        add_file("vtysh.conf", "no service integrated-vtysh-config\n");
    }

    /// `ready` is a shell command that ends with 0 when the daemon has learned what it will; empty
    /// where that cannot be known.
    void add(const std::string& daemon, const std::string& config, const std::string& ready,
             Duration within = time_to_start) {
        const bool ours = add_file(daemon + ".conf", config);
        if (std::ranges::find(plan_.run, daemon, &Service::name) != plan_.run.end()) {
            return;
        }
        Service service;
        service.name = daemon;
        service.span = node_.daemons.span;
        service.restart = RestartPolicy::on_failure;
        service.user = "root"; // the daemons change to the user frr by themselves
        service.within = within;
        service.command = shell(start(daemon), service.span);
        service.ready = shell(ours && !ready.empty() ? ready : answers(daemon), service.span);
        services_.push_back(std::move(service));
    }

    void finish() { plan_.run.insert(plan_.run.begin(), services_.begin(), services_.end()); }

    /// Other routes to the same prefixes keep the daemons' out of the kernel's table.
    bool knows_what_it_learns(Family family) const {
        return std::all_of(plan_.routes.begin(), plan_.routes.end(),
                           [](const RouteView& route) {
                               return route.to.length == 0; // the way out of the lab
                           }) &&
               node_.daemons.protocols(family) == 1;
    }

    /// The computed routes, which then are staticd's; the file's own stay the kernel's.
    RouteTable take_computed_routes() {
        RouteTable computed;
        RouteTable by_file;
        for (const auto& [to, next_hops, metric, span] : plan_.routes) {
            (span.empty() ? computed : by_file).push_back({to, next_hops, metric, span});
        }
        plan_.routes = std::move(by_file);
        return computed;
    }

private:
    static Command shell(std::string text, Span span) {
        return {{"/bin/sh", "-c", std::move(text)}, span};
    }
    static std::string answers(const std::string& daemon) {
        return fmt::format("test -S /run/frr/{}.vty", daemon);
    }
    /// A daemon that finds no zebra asks again after 10 s only. (Its socket alone may be that of
    /// one that has ended.)
    static std::string start(const std::string& daemon) {
        const auto before =
            daemon == "zebra"
                ? std::string{"install -d -o frr -g frr -m 0755 /run/frr /var/log/frr"}
                : std::string{"until vtysh -d zebra -c 'show version' >/dev/null 2>&1; do sleep "
                              "0.05; done"};
        return fmt::format("{} && exec /usr/lib/frr/{} -A 127.0.0.1 -f {}/{}.conf --log stdout",
                           before, daemon, directory, daemon);
    }

    bool add_file(const std::string& name, const std::string& text) {
        const auto path = fmt::format("{}/{}", directory, name);
        if (is_given(path)) {
            return false;
        }
        FileRequest file;
        file.path = path;
        file.text = text;
        file.span = node_.daemons.span;
        plan_.files.push_back(std::move(file));
        return true;
    }

    /// By a file, or by a directory of the host's that must not be written to.
    bool is_given(const std::string& path) const {
        return std::ranges::find(plan_.files, path, &FileRequest::path) != plan_.files.end() ||
               std::ranges::any_of(plan_.binds,
                                   [&](const Bind& bind) { return covers(bind, path); });
    }

    const Node& node_;
    NodePlan& plan_;
    std::vector<Service> services_;
};

/// Whether the router announces and takes what only its own files know.
bool gives_configuration(const Node& node) {
    constexpr std::array daemons{"zebra", "staticd", "ospfd",  "ospf6d",
                                 "isisd", "ripd",    "ripngd", "bgpd"};
    const auto path = fmt::format("{}/", directory);
    return node.daemons.any() &&
           (std::ranges::any_of(
                node.files, [&](const FileRequest& file) { return file.path.starts_with(path); }) ||
            std::ranges::any_of(node.binds,
                                [](const Bind& bind) { return covers(bind, directory); }) ||
            std::ranges::any_of(node.run, [&](const Service& service) {
                return std::ranges::find(daemons, service.name) != daemons.end();
            }));
}

/// What the daemons of a whole lab are made from.
class LabDaemons {
public:
    LabDaemons(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing,
               const Plan& plan)
        : addresses_(addresses), ospf_(map_daemons(topology, addresses, routing, Protocol::ospf)),
          bgp_(map_daemons(topology, addresses, routing, Protocol::bgp)),
          isis_(map_daemons(topology, addresses, routing, Protocol::isis)),
          rip_(map_daemons(topology, addresses, routing, Protocol::rip)),
          asns_(autonomous_systems(topology)) {
        std::set<std::uint32_t> systems;
        for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
            foreign_config_ |= gives_configuration(topology.nodes[i]);
            shared_system_ |= topology.nodes[i].daemons.bgp && !systems.insert(asns_[i]).second;
            if (topology.nodes[i].daemons.isis) {
                for (const auto& interface : plan.nodes[i].interfaces) {
                    lsp_mtu_ = std::clamp(interface.mtu - llc_header, least_lsp_mtu, lsp_mtu_);
                }
            }
        }
    }

    /// IS-IS runs below IP: its packets are not cut into fragments.
    static void refuse_short_links(const Node& node, const NodePlan& plan,
                                   Diagnostics& diagnostics) {
        constexpr auto least = least_lsp_mtu + llc_header;
        const auto narrow = std::ranges::find_if(
            plan.interfaces, [](const InterfacePlan& one) { return one.mtu < least; });
        if (node.daemons.isis && narrow != plan.interfaces.end()) {
            diagnostics.error(node.daemons.span,
                              fmt::format("IS-IS needs an MTU of {} at least, and {}:{} has {}",
                                          least, node.name, narrow->name, narrow->mtu));
        }
    }

    void refuse_crowds(const Node& node, std::size_t i, Diagnostics& diagnostics) const {
        const auto is_crowded = [](const DaemonInterface& interface) {
            return std::ranges::any_of(families, [&](Family family) {
                return interface.others[family] >= most_bgp_speakers;
            });
        };
        if (std::ranges::any_of(bgp_[i].interfaces, is_crowded)) {
            diagnostics.error(
                node.daemons.span,
                fmt::format("more than {} routers with BGP share a LAN", most_bgp_speakers),
                "each has a session with each; OSPF elects one to speak for all");
        }
    }

    /// Once: where one pair is too far apart, many are.
    void warn_of_distance(const std::vector<Node>& nodes, Diagnostics& diagnostics) const {
        const auto far = std::ranges::find_if(
            rip_, [](const DaemonRouter& router) { return router.too_far.has_value(); });
        if (far != rip_.end()) {
            const auto& node = nodes[static_cast<std::size_t>(far - rip_.begin())];
            diagnostics.warning(
                node.daemons.span,
                fmt::format("RIP carries a route over {} routers at most: {} and {} are further "
                            "apart, and will not reach each other",
                            most_rip_hops, node.name, nodes[index(*far->too_far)].name),
                "OSPF and IS-IS have no such limit");
        }
    }

    void add(const Node& node, std::size_t i, NodePlan& plan) const {
        RouterDaemons daemons{node, plan};
        daemons.add("zebra", zebra_config(node.name), "");
        if (node.daemons.static_routes) {
            add_static(node, daemons);
        }
        for (const auto family : families) {
            add_ospf(node, i, family, daemons);
        }
        if (node.daemons.isis) {
            daemons.add("isisd",
                        isis_config(node.name, router_id(addresses_, i), isis_[i], lsp_mtu_,
                                    !addresses_.loopbacks[i].empty()),
                        learned_by("isis", "isisd", isis_[i], daemons));
        }
        for (const auto family : families) {
            add_rip(node, i, family, daemons);
        }
        if (node.daemons.bgp) {
            daemons.add(
                "bgpd", bgp_config(node.name, router_id(addresses_, i), bgp_[i], node_id(i), asns_),
                shared_system_ && knows(daemons, Family::ipv4) && knows(daemons, Family::ipv6)
                    ? established(bgp_[i])
                : shared_system_ ? std::string{}
                                 : learned_by("bgp", "bgpd", bgp_[i], daemons));
        }
        daemons.finish();
    }

private:
    bool knows(const RouterDaemons& daemons, Family family) const {
        return !foreign_config_ && daemons.knows_what_it_learns(family);
    }

    std::string learned_by(std::string_view protocol, std::string_view daemon,
                           const DaemonRouter& router, const RouterDaemons& daemons) const {
        std::string ready;
        for (const auto family : families) {
            if (knows(daemons, family)) {
                ready = both(ready, learned(family, protocol, daemon, router.learns[family]));
            }
        }
        return ready;
    }

    /// Routes over interfaces that are up, so that the kernel has each; zebra gives them the
    /// protocol 196, which iproute2 has no word for.
    void add_static(const Node& node, RouterDaemons& daemons) const {
        const auto routes = daemons.take_computed_routes();
        std::string ready;
        for (const auto family : families) {
            const auto count =
                std::count_if(routes.begin(), routes.end(), [&](const RouteView& route) {
                    return route.to.address.family == family;
                });
            ready = both(ready, learned(family, "196", "staticd", static_cast<std::size_t>(count)));
        }
        daemons.add("staticd", static_config(node.name, routes), foreign_config_ ? "" : ready);
    }

    void add_ospf(const Node& node, std::size_t i, Family family, RouterDaemons& daemons) const {
        if (!ospf_[i].runs[family] || !has_family(ospf_[i], family)) {
            return;
        }
        const auto* const daemon = family == Family::ipv4 ? "ospfd" : "ospf6d";
        const bool has_loopback = loopback_of(addresses_, i, family).has_value();
        daemons.add(
            daemon,
            ospf_config(node.name, router_id(addresses_, i), ospf_[i], family, has_loopback),
            knows(daemons, family) ? settled(family, daemon, ospf_[i]) : "");
    }

    void add_rip(const Node& node, std::size_t i, Family family, RouterDaemons& daemons) const {
        if (!node.daemons.rip || !has_family(rip_[i], family)) {
            return;
        }
        const bool old = family == Family::ipv4;
        const auto* const daemon = old ? "ripd" : "ripngd";
        daemons.add(daemon, rip_config(node.name, rip_[i], family),
                    knows(daemons, family) ? learned(family, old ? "189" : "190", daemon,
                                                     rip_[i].learns[family], rip_convergence)
                                           : "",
                    time_to_start + rip_convergence);
    }

    const AddressPlan& addresses_;
    std::vector<DaemonRouter> ospf_;
    std::vector<DaemonRouter> bgp_;
    std::vector<DaemonRouter> isis_;
    std::vector<DaemonRouter> rip_;
    std::vector<std::uint32_t> asns_;
    std::uint32_t lsp_mtu_ = most_lsp_mtu;
    bool shared_system_ = false;
    bool foreign_config_ = false; ///< of some router
};

} // namespace

void add_routing_daemons(const Topology& topology, const AddressPlan& addresses,
                         const RoutingPlan& routing, Plan& plan, Diagnostics& diagnostics) {
    if (std::ranges::none_of(topology.nodes, [](const Node& node) { return node.daemons.any(); })) {
        return;
    }
    const LabDaemons daemons{topology, addresses, routing, plan};
    daemons.warn_of_distance(topology.nodes, diagnostics);
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        if (topology.nodes[i].daemons.any()) {
            daemons.refuse_crowds(topology.nodes[i], i, diagnostics);
            LabDaemons::refuse_short_links(topology.nodes[i], plan.nodes[i], diagnostics);
            daemons.add(topology.nodes[i], i, plan.nodes[i]);
        }
    }
}

} // namespace netlab
