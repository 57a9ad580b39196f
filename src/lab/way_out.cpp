#include "lab/way_out.h"

#include "image/overlay.h"
#include "lab/host_network.h"
#include "lab/lab.h"
#include "lab/slirp.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

/// slirp4netns has no choice here.
IpPrefix slirp_subnet6() {
    return prefix_of(parse_address("fd00::").value(), 64);
}

std::string resolv_conf_of(const std::vector<IpAddress>& servers) {
    if (servers.empty()) {
        return std::string{no_name_server};
    }
    std::string text = "# netlab: by the lab's way out\n";
    for (const auto& server : servers) {
        text += "nameserver " + to_string(server) + "\n";
    }
    return text;
}

const NodePlan* first_way_out(const Plan& plan) {
    const auto found = std::ranges::find(plan.nodes, NodeKind::internet, &NodePlan::kind);
    return found == plan.nodes.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(const NodePlan& node, const std::string& why, const std::string& cure) {
    throw LabError{fmt::format("cannot give node {} a way out: {}", node.name, why), node.span,
                   "while opening the lab's way out", cure};
}

} // namespace

WayOut::WayOut(const Plan& plan) : plan_(plan), resolv_conf_(no_name_server) {
    const auto* const node = first_way_out(plan);
    if (node == nullptr) {
        return;
    }
    has_ipv6_ = has_default_route6();
    slirp_ = find_slirp();
    const bool administers = may_administer_network();
    const bool nat_ipv6 = has_ipv6_ && forwards_packets(Family::ipv6);
    const auto servers = name_servers_of_host(nat_ipv6);
    if (administers && forwards_packets(Family::ipv4) && (slirp_.empty() || !servers.empty())) {
        has_ipv6_ = nat_ipv6;
        resolv_conf_ = resolv_conf_of(servers);
        remark_ = fmt::format("the lab's way out is the kernel's NAT{}{}",
                              has_ipv6_ ? "" : ", for IPv4 only",
                              servers.empty() ? "; the host's name server is on its loopback "
                                                "interface, which nodes cannot reach"
                                              : "");
        nat_.emplace(plan, has_ipv6_);
        return;
    }
    if (slirp_.empty()) {
        refuse(*node, "slirp4netns is not installed",
               administers ? "as root: apt-get install slirp4netns, or let the host forward "
                             "packets: sysctl -w net.ipv4.ip_forward=1"
                           : "as root: apt-get install slirp4netns");
    }
    choose_slirp();
}

void WayOut::choose_slirp() {
    constexpr int length = 24;
    std::uint64_t number = 0;
    do {
        slirp_subnet_ = uplink_subnet4(number, length);
    } while (overlaps(plan_, slirp_subnet_) && ++number < 512);
    has_ipv6_ = has_ipv6_ && !overlaps(plan_, slirp_subnet6());
    std::vector<IpAddress> servers{slirp_subnet_.address.plus(3)};
    if (has_ipv6_) {
        servers.push_back(slirp_subnet6().address.plus(3));
    }
    resolv_conf_ = resolv_conf_of(servers);
    remark_ = fmt::format("the lab's way out is {}{}", slirp_, has_ipv6_ ? "" : ", for IPv4 only");
}

Uplink WayOut::open(const NodePlan& node, const UniqueFd& netns, const UniqueFd& supervisor) {
    try {
        if (nat_) {
            return nat_->open(netns);
        }
        // Its addresses as slirp4netns(1) lays them out.
        Uplink uplink;
        uplink.holder = start_slirp(slirp_, {slirp_subnet_, has_ipv6_}, netns, supervisor);
        uplink.add(slirp_subnet_, 100, 2);
        if (has_ipv6_) {
            uplink.add(slirp_subnet6(), 100, 2);
        }
        return uplink;
    } catch (const std::exception& error) {
        refuse(node, error.what(), {});
    }
}

} // namespace netlab
