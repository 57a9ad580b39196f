#include "plan/routing_daemons.h"

#include "plan/daemon_map.h"
#include "plan/frr_config.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr const char* directory = "/etc/frr";
constexpr auto time_to_converge = 60s;

/// RFC 6996: 64512 to 65534 and from 4200000000 on are for private use.
std::vector<std::uint32_t> autonomous_systems(const Topology& topology) {
    std::vector<std::uint32_t> asns;
    std::uint32_t next = 0;
    for (const auto& node : topology.nodes) {
        next += node.daemons.bgp ? 1U : 0U;
        asns.push_back(
            node.daemons.asn.value_or(next <= 534 ? 65'000 + next : 4'200'000'000 + next));
    }
    return asns;
}

/// Without an IPv4 loopback address: a number that is as unlike as the nodes are (RFC 2328 section
/// C.1).
std::string router_id(const AddressPlan& addresses, std::size_t node) {
    for (const auto& loopback : addresses.loopbacks[node]) {
        if (loopback.family() == Family::ipv4) {
            return to_string(loopback.address);
        }
    }
    return to_string(IpAddress{}.plus(node + 1));
}

bool has_loopback(const AddressPlan& addresses, std::size_t node, Family family) {
    return std::ranges::any_of(addresses.loopbacks[node], [&](const IpInterface& loopback) {
        return loopback.family() == family;
    });
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
        service.within = time_to_converge;
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
        if (std::ranges::find(plan_.files, path, &FileRequest::path) != plan_.files.end()) {
            return false;
        }
        FileRequest file;
        file.path = path;
        file.text = text;
        file.span = node_.daemons.span;
        plan_.files.push_back(std::move(file));
        return true;
    }

    const Node& node_;
    NodePlan& plan_;
    std::vector<Service> services_;
};

/// Waits for as many routes as will be learned.
std::string learned(Family family, const char* protocol, const DaemonRouter& router) {
    const auto count = router.learns[family];
    return count == 0 ? std::string{}
                      : fmt::format("test $(ip -o -{} route show proto {} | wc -l) -ge {}",
                                    family == Family::ipv4 ? 4 : 6, protocol, count);
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
        "test $(vtysh -d bgpd -c 'show bgp neighbors' | grep -c 'state = Established') -ge {} && "
        "before=$(ip route show proto bgp; ip -6 route show proto bgp) && sleep 0.5 && "
        "test \"$before\" = \"$(ip route show proto bgp; ip -6 route show proto bgp)\"",
        sessions);
}

bool gives_configuration(const Node& node) {
    return node.daemons.any() && std::ranges::any_of(node.files, [](const FileRequest& file) {
               return file.path.starts_with(fmt::format("{}/", directory));
           });
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

    void add(const Node& node, std::size_t i, NodePlan& plan) const {
        RouterDaemons daemons{node, plan};
        daemons.add("zebra", zebra_config(node.name), "");
        const auto id = router_id(addresses_, i);
        const bool known = !foreign_config_ && daemons.knows_what_it_learns();
        if (node.daemons.ospf && has_family(ospf_[i], Family::ipv4)) {
            daemons.add("ospfd", ospf_config(node.name, id, ospf_[i], has(i, Family::ipv4)),
                        known ? learned(Family::ipv4, "ospf", ospf_[i]) : "");
        }
        if (node.daemons.ospf && has_family(ospf_[i], Family::ipv6)) {
            daemons.add("ospf6d", ospf6_config(node.name, id, ospf_[i], has(i, Family::ipv6)),
                        known ? learned(Family::ipv6, "ospf", ospf_[i]) : "");
        }
        if (node.daemons.bgp) {
            daemons.add("bgpd", bgp_config(node.name, id, bgp_[i], node_id(i), asns_),
                        !known            ? std::string{}
                        : !shared_system_ ? both(learned(Family::ipv4, "bgp", bgp_[i]),
                                                 learned(Family::ipv6, "bgp", bgp_[i]))
                                          : established(bgp_[i]));
        }
        daemons.finish();
    }

private:
    bool has(std::size_t node, Family family) const {
        return has_loopback(addresses_, node, family);
    }

    const AddressPlan& addresses_;
    std::vector<DaemonRouter> ospf_;
    std::vector<DaemonRouter> bgp_;
    std::vector<std::uint32_t> asns_;
    bool shared_system_ = false;
    bool foreign_config_ = false; ///< some router announces and takes what only its file knows
};

} // namespace

void add_routing_daemons(const Topology& topology, const AddressPlan& addresses,
                         const RoutingPlan& routing, Plan& plan) {
    if (std::ranges::none_of(topology.nodes, [](const Node& node) { return node.daemons.any(); })) {
        return;
    }
    const LabDaemons daemons{topology, addresses, routing};
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        if (topology.nodes[i].daemons.any()) {
            daemons.add(topology.nodes[i], i, plan.nodes[i]);
        }
    }
}

} // namespace netlab
