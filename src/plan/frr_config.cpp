#include "plan/frr_config.h"

#include "base/split.h"

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

const char* ip_word(Family family) {
    return family == Family::ipv4 ? "ip" : "ipv6";
}

/// The twelve digits of an IPv4 address, in groups of four: how such numbers are written by custom.
std::string system_id(const std::string& router_id) {
    std::string digits;
    for (const auto part : split(router_id, '.')) {
        digits += fmt::format("{:0>3}", part);
    }
    return fmt::format("{}.{}.{}", digits.substr(0, 4), digits.substr(4, 4), digits.substr(8));
}

void add_isis_timers(std::string& text, std::uint32_t others) {
    if (others == 0) {
        add(text, " isis passive");
        return;
    }
    add(text, " isis hello-interval 1");
    add(text, " isis hello-multiplier 4");
    add(text, " isis csnp-interval 1");
    add(text, " isis psnp-interval 1");
    add(text, " no isis hello padding"); // a switch may lie between unlike links
    if (others == 1) {
        add(text, " isis network point-to-point");
    }
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

std::string isis_config(const std::string& hostname, const std::string& router_id,
                        const DaemonRouter& router, std::uint32_t lsp_mtu, bool has_loopback) {
    auto text = head(hostname);
    // The interval between two packets of its own holds from here on, since `hostname` is a command
    // of the older kind, before which FRR carries out what it has gathered. Gathered with what
    // follows, it would come too late: each of those asks for a new packet, the first of them by
    // the default interval, and neighbours would wait for half a minute (isisd/isis_lsp.c,
    // lsp_regenerate_schedule).
    add(text, "router isis lab\n lsp-gen-interval 1\nexit\nhostname {}", hostname);
    add(text, "router isis lab");
    add(text, " net 49.0001.{}.00", system_id(router_id));
    add(text, " is-type level-2-only");
    add(text, " metric-style wide");
    // A shortest-path tree for each family: a link may have addresses of one only (RFC 5120).
    add(text, " topology ipv6-unicast");
    add(text, " lsp-mtu {}", lsp_mtu);
    add(text, " spf-delay-ietf init-delay 50 short-delay 50 long-delay 1000 holddown 2000 "
              "time-to-learn 500");
    add(text, "exit\nhostname {}", hostname);
    for (const auto& interface : router.interfaces) {
        add(text, "interface {}", interface.name);
        for (const auto family : families) {
            if (interface.has_address[family]) {
                add(text, " {} router isis lab", ip_word(family));
            }
        }
        add(text, " isis metric {}", interface.cost);
        add_isis_timers(text, interface.most_others);
        add(text, "exit");
    }
    if (has_loopback) {
        add(text, "interface lo\n ip router isis lab\n ipv6 router isis lab\n isis passive\nexit");
    }
    return text;
}

std::string rip_config(const std::string& hostname, const DaemonRouter& router, Family family) {
    auto text = head(hostname);
    add(text, "router {}", family == Family::ipv4 ? "rip" : "ripng");
    for (const auto& interface : router.interfaces) {
        if (!interface.has_address[family]) {
            continue;
        }
        add(text, " network {}", interface.name);
        if (interface.others[family] == 0) {
            add(text, " passive-interface {}", interface.name);
        }
    }
    add(text, " redistribute connected"); // the loopback: RIP runs over no such interface
    add(text, " timers basic 5 15 10");   // the least that FRR takes
    add(text, " allow-ecmp");
    add(text, "exit");
    return text;
}

std::string static_config(const std::string& hostname, const RouteTable& routes) {
    auto text = head(hostname);
    for (const auto& route : routes) {
        for (const auto& hop : route.next_hops) {
            add(text, "{} route {} {}{}", ip_word(route.to.address.family), to_string(route.to),
                hop.via ? to_string(*hop.via) + " " : "", hop.interface);
        }
    }
    return text;
}

} // namespace netlab
