#include "plan/joined_ends.h"

#include "plan/explicit_addresses.h"

#include <algorithm>
#include <utility>

namespace netlab {

namespace {

std::uint64_t key(std::uint32_t domain, NodeId node) {
    return std::uint64_t{domain} << 32U | index(node);
}

} // namespace

bool is_before(EndId left, EndId right) {
    return std::pair{left.link, left.end} < std::pair{right.link, right.end};
}

JoinedEnds::JoinedEnds(const Topology& topology, const AddressPlan& addresses)
    : addresses_{addresses}, by_node_(topology.nodes.size()) {
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        const auto& endpoints = topology.links[i].endpoints;
        for (std::uint32_t end = 0; end < endpoints.size(); ++end) {
            by_node_[index(endpoints[end].node)].push_back({link_id(i), end});
        }
    }
    for (std::uint32_t i = 0; i < addresses.domains.size(); ++i) {
        for (const auto end : addresses.domains[i].ends) {
            by_domain_[key(i, endpoint(topology, end).node)].push_back(end);
        }
    }
}

std::optional<EndId> JoinedEnds::addressed(NodeId node, std::uint32_t domain, Family family) const {
    const auto found = by_domain_.find(key(domain, node));
    if (found == by_domain_.end()) {
        return std::nullopt;
    }
    const auto& ends = found->second;
    const auto end = std::find_if(ends.begin(), ends.end(), [&](EndId candidate) {
        return addresses_.at(candidate, family).has_value();
    });
    return end == ends.end() ? std::nullopt : std::optional{*end};
}

std::optional<Way> JoinedEnds::way_through(EndId out, NodeId to, Family family) const {
    if (!addresses_.at(out, family)) {
        return std::nullopt;
    }
    const auto theirs = addressed(to, addresses_.domain_of[index(out.link)], family);
    return theirs ? std::optional{Way{out, addresses_.at(*theirs, family)->address}} : std::nullopt;
}

std::optional<Way> JoinedEnds::way(NodeId from, NodeId to, Family family) const {
    std::optional<EndId> first;
    for (const auto theirs : of(to)) {
        const auto domain = addresses_.domain_of[index(theirs.link)];
        const auto own = addressed(from, domain, family);
        if (own && addresses_.at(theirs, family) && (!first || is_before(*own, *first))) {
            first = own;
        }
    }
    return first ? way_through(*first, to, family) : std::nullopt;
}

} // namespace netlab
