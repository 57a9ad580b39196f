#include "plan/routing_daemons.h"

#include "plan/daemon_map.h"
#include "plan/frr_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr const char* directory = "/etc/frr";
constexpr auto time_to_start = 60s;
constexpr auto longest_convergence = 30s;

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
    void add(const std::string& daemon, const std::string& config, const std::string& ready) {
        const bool ours = add_file(daemon + ".conf", config);
        if (std::ranges::find(plan_.run, daemon, &Service::name) != plan_.run.end()) {
            return;
        }
        Service service;
        service.name = daemon;
        service.span = node_.daemons.span;
        service.restart = RestartPolicy::on_failure;
        service.user = "root"; // the daemons change to the user frr by themselves
        service.within = time_to_start;
        service.command = shell(start(daemon), service.span);
        service.ready = shell(ours && !ready.empty() ? ready : answers(daemon), service.span);
        services_.push_back(std::move(service));
    }

    void finish() { plan_.run.insert(plan_.run.begin(), services_.begin(), services_.end()); }

    /// Other routes to the same prefixes keep the daemons' out of the kernel's table.
    bool knows_what_it_learns() const {
        return plan_.routes.empty() && !(node_.daemons.ospf && node_.daemons.bgp);
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

/// Waits for as many routes as will be learned, but not for ever: a lab is also started, or a
/// router restarted, where a node is stopped, a link is cut or loses what routers say.
std::string learned(Family family, const char* protocol, const char* daemon,
                    const DaemonRouter& router) {
    const auto count = router.learns[family];
    return count == 0
               ? std::string{}
               : fmt::format("{{ test $(ip -o -{} route show proto {} | wc -l) -ge {} || "
                             "test $(($(date +%s) - $(stat -c %Y /run/frr/{}.pid))) -ge {}; }}",
                             family == Family::ipv4 ? 4 : 6, protocol, count, daemon,
                             longest_convergence.count());
}

/// Both families' conditions in one.
std::string both(const std::string& one, const std::string& other) {
    return one + (one.empty() || other.empty() ? "" : " && ") + other;
}

/// Routers of one autonomous system do not take routes that have passed through it (RFC 4271
/// section 9.1.2), so that where some share one it is waited for the sessions, and for a table that
/// stands still.
std::string established(const DaemonRouter& router) {
    std::size_t sessions = 0;
    for (const auto& interface : router.interfaces) {
        for (const auto family : families) {
            sessions += interface.neighbors[family].size();
        }
    }
    return fmt::format(
        "test -S /run/frr/bgpd.vty && "
        "{{ test $(vtysh -d bgpd -c 'show bgp neighbors' | grep -c 'state = Established') -ge {} "
        "|| "
        "test $(($(date +%s) - $(stat -c %Y /run/frr/bgpd.pid))) -ge {}; }} && "
        "before=$(ip route show proto bgp; ip -6 route show proto bgp) && sleep 0.5 && "
        "test \"$before\" = \"$(ip route show proto bgp; ip -6 route show proto bgp)\"",
        sessions, longest_convergence.count());
}

/// Whether the router announces and takes what only its own files know.
bool gives_configuration(const Node& node) {
    constexpr std::array daemons{"zebra", "ospfd", "ospf6d", "bgpd"};
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
    LabDaemons(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing)
        : addresses_(addresses), ospf_(map_daemons(topology, addresses, routing, Protocol::ospf)),
          bgp_(map_daemons(topology, addresses, routing, Protocol::bgp)),
          asns_(autonomous_systems(topology)) {
        std::set<std::uint32_t> systems;
        for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
            foreign_config_ |= gives_configuration(topology.nodes[i]);
            shared_system_ |= topology.nodes[i].daemons.bgp && !systems.insert(asns_[i]).second;
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

    void add(const Node& node, std::size_t i, NodePlan& plan) const {
        RouterDaemons daemons{node, plan};
        daemons.add("zebra", zebra_config(node.name), "");
        const auto id = router_id(addresses_, i);
        const bool known = !foreign_config_ && daemons.knows_what_it_learns();
        for (const auto family : families) {
            if (node.daemons.ospf && has_family(ospf_[i], family)) {
                const auto* const daemon = family == Family::ipv4 ? "ospfd" : "ospf6d";
                const bool has_loopback = loopback_of(addresses_, i, family).has_value();
                daemons.add(daemon, ospf_config(node.name, id, ospf_[i], family, has_loopback),
                            known ? learned(family, "ospf", daemon, ospf_[i]) : "");
            }
        }
        if (node.daemons.bgp) {
            daemons.add("bgpd", bgp_config(node.name, id, bgp_[i], node_id(i), asns_),
                        !known            ? std::string{}
                        : !shared_system_ ? both(learned(Family::ipv4, "bgp", "bgpd", bgp_[i]),
                                                 learned(Family::ipv6, "bgp", "bgpd", bgp_[i]))
                                          : established(bgp_[i]));
        }
        daemons.finish();
    }

private:
    const AddressPlan& addresses_;
    std::vector<DaemonRouter> ospf_;
    std::vector<DaemonRouter> bgp_;
    std::vector<std::uint32_t> asns_;
    bool shared_system_ = false;
    bool foreign_config_ = false; ///< of some router
};

} // namespace

void add_routing_daemons(const Topology& topology, const AddressPlan& addresses,
                         const RoutingPlan& routing, Plan& plan, Diagnostics& diagnostics) {
    if (std::ranges::none_of(topology.nodes, [](const Node& node) { return node.daemons.any(); })) {
        return;
    }
    const LabDaemons daemons{topology, addresses, routing};
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        if (topology.nodes[i].daemons.any()) {
            daemons.refuse_crowds(topology.nodes[i], i, diagnostics);
            daemons.add(topology.nodes[i], i, plan.nodes[i]);
        }
    }
}

} // namespace netlab
