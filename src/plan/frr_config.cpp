#include "plan/frr_config.h"

#include <iterator>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Names of nodes and interfaces hold nothing that a line of these files could be ended with.
template <typename... Args>
void add(std::string& text, fmt::format_string<Args...> line, Args&&... args) {
    fmt::format_to(std::back_inserter(text), line, std::forward<Args>(args)...);
    text += '\n';
}

std::string head(const std::string& hostname) {
    return fmt::format("frr version 8.4\nfrr defaults traditional\nhostname {}\n", hostname);
}

std::string ospf_interfaces(const DaemonRouter& router, Family family, const char* protocol) {
    std::string text;
    for (const auto& interface : router.interfaces) {
        if (!interface.has_address[family]) {
            continue;
        }
        add(text, "interface {}", interface.name);
        add(text, " {} area 0", protocol);
        add(text, " {} cost {}", protocol, interface.cost);
        if (interface.others[family] == 0) {
            add(text, " {} passive", protocol);
        } else {
            add(text, " {} hello-interval 1", protocol);
            add(text, " {} dead-interval 4", protocol);
            add(text, " {} mtu-ignore", protocol); // a switch may lie between unlike links
        }
        if (interface.others[family] == 1) {
            // Two routers alone have no election to wait for (RFC 2328 section 9.1).
            add(text, " {} network point-to-point", protocol);
        }
        add(text, "exit");
    }
    return text;
}

std::string loopback(const char* protocol) {
    return fmt::format("interface lo\n {0} area 0\n {0} passive\nexit\n", protocol);
}

} // namespace

std::string zebra_config(const std::string& hostname) {
    return head(hostname);
}

std::string ospf_config(const std::string& hostname, const std::string& router_id,
                        const DaemonRouter& router, Family family, bool has_loopback) {
    const bool old = family == Family::ipv4;
    const auto* const interface_key = old ? "ip ospf" : "ipv6 ospf6";
    const auto* const router_key = old ? "ospf" : "ospf6";
    auto text = head(hostname) + ospf_interfaces(router, family, interface_key);
    if (has_loopback) {
        text += loopback(interface_key);
    }
    add(text, "router {}", router_key);
    add(text, " {} router-id {}", router_key, router_id);
    // Milliseconds. The defaults let a lab wait 5 s for what it learned in the first.
    add(text, " timers throttle spf 10 50 1000");
    if (old) {
        add(text, " timers throttle lsa all 50");
    }
    add(text, " timers lsa min-arrival 50");
    add(text, "exit");
    return text;
}

std::string bgp_config(const std::string& hostname, const std::string& router_id,
                       const DaemonRouter& router, NodeId node,
                       const std::vector<std::uint32_t>& asns) {
    auto text = head(hostname);
    add(text, "router bgp {}", asns[index(node)]);
    add(text, " bgp router-id {}", router_id);
    // RFC 8212 would have every session wait for a policy.
    add(text, " no bgp ebgp-requires-policy");
    add(text, " no bgp default ipv4-unicast");
    add(text, " bgp bestpath as-path multipath-relax");
    for (const auto family : families) {
        for (const auto& interface : router.interfaces) {
            for (const auto& neighbor : interface.neighbors[family]) {
                const auto address = to_string(neighbor.address);
                add(text, " neighbor {} remote-as {}", address, asns[index(neighbor.node)]);
                add(text, " neighbor {} timers 1 3", address);
                add(text, " neighbor {} timers connect 1", address);
                add(text, " neighbor {} advertisement-interval 0", address);
            }
        }
    }
    for (const auto family : families) {
        add(text, " address-family {} unicast", family_key(family));
        add(text, "  redistribute connected");
        add(text, "  maximum-paths 64");
        for (const auto& interface : router.interfaces) {
            for (const auto& neighbor : interface.neighbors[family]) {
                add(text, "  neighbor {} activate", to_string(neighbor.address));
            }
        }
        add(text, " exit-address-family");
    }
    add(text, "exit");
    return text;
}

} // namespace netlab
