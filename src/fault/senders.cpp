#include "fault/senders.h"

#include "plan/families.h"

#include <algorithm>
#include <numeric>

namespace netlab {

namespace {

/// Links that switches join are one broadcast domain: by LinkId, a number that they share.
std::vector<std::size_t> domains(const Plan& plan) {
    std::vector<std::size_t> parent(plan.links.size());
    std::iota(parent.begin(), parent.end(), 0U);
    const auto root = [&](std::size_t link) {
        while (parent[link] != link) {
            link = parent[link] = parent[parent[link]];
        }
        return link;
    };
    for (const auto& node : plan.nodes) {
        if (node.kind != NodeKind::network_switch) {
            continue;
        }
        for (const auto& interface : node.interfaces) {
            parent[root(index(interface.link))] = root(index(node.interfaces.front().link));
        }
    }
    for (std::size_t i = 0; i < parent.size(); ++i) {
        parent[i] = root(i);
    }
    return parent;
}

/// Of the prefixes that ranges stay in: 2 bytes of IPv4, 6 of IPv6.
bool are_near(const IpAddress& a, const IpAddress& b) {
    const std::ptrdiff_t bytes = a.family == Family::ipv4 ? 2 : 6;
    return a.family == b.family &&
           std::equal(a.bytes.begin(), a.bytes.begin() + bytes, b.bytes.begin());
}

std::vector<bool> marked(const Plan& plan, const std::vector<NodeId>& nodes) {
    std::vector<bool> marks(plan.nodes.size());
    for (const auto id : nodes) {
        marks[index(id)] = true;
    }
    return marks;
}

} // namespace

Senders::Senders(const Plan& plan)
    : plan_(plan), domain_of_(domains(plan)), domains_(plan.links.size()) {
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        const auto& node = plan.nodes[i];
        for (const auto& address : node.loopback) {
            addresses_.emplace_back(address.address, node_id(i));
        }
        for (const auto& interface : node.interfaces) {
            domains_[domain_of_[index(interface.link)]].push_back({node_id(i), interface.mac});
            for (const auto& address : interface.addresses) {
                addresses_.emplace_back(address.address, node_id(i));
            }
        }
    }
    std::ranges::sort(addresses_);
}

std::vector<AddressRange> Senders::ranges(const std::vector<NodeId>& senders) const {
    const auto is_sender = marked(plan_, senders);
    std::vector<AddressRange> ranges;
    for (const auto family : families) {
        std::vector<AddressRange> of_family;
        std::vector<AddressRange> alone;
        bool goes_on = false;
        for (const auto& [address, node] : addresses_) {
            if (address.family != family) {
                continue;
            }
            if (!is_sender[index(node)]) {
                goes_on = false;
                continue;
            }
            alone.push_back({address, address});
            if (goes_on && are_near(of_family.back().first, address)) {
                of_family.back().last = address;
            } else {
                of_family.push_back({address, address});
                goes_on = true;
            }
        }
        const auto& fewer = alone.size() > 2 * of_family.size() ? of_family : alone;
        ranges.insert(ranges.end(), fewer.begin(), fewer.end());
    }
    return ranges;
}

std::vector<std::size_t> Senders::whereabouts(NodeId node) const {
    std::vector<std::size_t> where;
    for (const auto& interface : plan_.nodes[index(node)].interfaces) {
        where.push_back(domain_of_[index(interface.link)]);
    }
    std::ranges::sort(where);
    where.erase(std::unique(where.begin(), where.end()), where.end());
    return where;
}

std::vector<MacAddress> Senders::macs(NodeId receiver, const std::vector<NodeId>& senders) const {
    const auto is_sender = marked(plan_, senders);
    std::vector<MacAddress> macs;
    for (const auto& own : plan_.nodes[index(receiver)].interfaces) {
        for (const auto& interface : domains_[domain_of_[index(own.link)]]) {
            if (is_sender[index(interface.node)]) {
                macs.push_back(interface.mac);
            }
        }
    }
    std::ranges::sort(macs);
    macs.erase(std::unique(macs.begin(), macs.end()), macs.end());
    return macs;
}

} // namespace netlab
