#include "lab/published_ports.h"

#include "lab/lab.h"
#include "relay/host_port.h"
#include "relay/relay_process.h"
#include "sys/check.h"
#include "sys/text_file.h"

#include <csignal>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

/// A process that does not live that long has not served anybody; the next one waits for as long.
constexpr std::chrono::seconds shortest_life{1};

std::string why_not(const std::error_code& error) {
    switch (error.value()) {
    case EADDRINUSE:
        return "something on this host has that port already (`ss -lntup` shows what, to root); "
               "publish another";
    case EADDRNOTAVAIL:
        return "this host has no such address (`ip address` shows those that it has)";
    case EAFNOSUPPORT:
        return "this host has no IPv6";
    case EACCES: {
        constexpr const char* sysctl = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
        auto first = read_file_or(sysctl, "1024");
        first.erase(first.find_last_not_of('\n') + 1);
        return fmt::format("ports below {} are root's here; publish a higher one, or as root: "
                           "sysctl -w net.ipv4.ip_unprivileged_port_start=0",
                           first);
    }
    default:
        return error.message();
    }
}

/// The node's own addresses before its loopback: most services listen at all, some only there.
std::vector<IpAddress> addresses_of(const NodePlan& node) {
    std::vector<IpAddress> addresses;
    for (const auto& interface : node.interfaces) {
        for (const auto& address : interface.addresses) {
            addresses.push_back(address.address);
        }
    }
    for (const auto& address : node.loopback) {
        addresses.push_back(address.address);
    }
    addresses.push_back(*parse_address("127.0.0.1"));
    addresses.push_back(*parse_address("::1"));
    return addresses;
}

/// Not a descriptor of the namespace: that would keep the links of a node that has ended.
UniqueFd open_node(const RunningNode& node, const std::string& name) {
    return node.running ? UniqueFd{static_cast<int>(
                              check(::syscall(SYS_pidfd_open, node.pid, 0), "open node {}", name))}
                        : UniqueFd{};
}

} // namespace

std::vector<UniqueFd> open_published_ports(const Plan& plan) {
    std::vector<UniqueFd> sockets;
    for (const auto& node : plan.nodes) {
        for (const auto& port : node.publish) {
            try {
                sockets.push_back(open_host_port(port.host_address, port.host_port, port.udp));
            } catch (const std::system_error& error) {
                throw LabError{fmt::format("cannot publish port {} of {} as {}: {}",
                                           node_side(port), node.name, to_string(port),
                                           why_not(error.code())),
                               port.span, "while publishing this port"};
            }
        }
    }
    return sockets;
}

void PublishedPorts::serve(const Lab& lab) {
    std::vector<UniqueFd> nodes;
    std::vector<RelayedPort> ports;
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        const auto& node = lab.plan.nodes[i];
        if (!node.publish.empty()) {
            nodes.push_back(open_node(lab.nodes[i], node.name));
        }
        for (const auto& port : node.publish) {
            ports.push_back({sockets_.at(ports.size()).get(), port.host_address.family, port.udp,
                             nodes.back().get(), addresses_of(node), port.node_port});
        }
    }
    if (ports.empty()) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    const bool hasty = lost_ && now - begun_ < 2 * shortest_life;
    process_ = start_relay(ports, "netlab: published ports",
                           hasty ? shortest_life : std::chrono::seconds{0});
    begun_ = now;
    lost_ = false;
}

void PublishedPorts::renew() const {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
    }
}

void PublishedPorts::lose() {
    process_ = -1;
    lost_ = true;
}

} // namespace netlab
