#pragma once

#include "plan/address_plan.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace netlab {

/// Whether `left` comes first in the file.
bool is_before(EndId left, EndId right);

/// An own end that a route leaves through, and the address behind it that it goes to.
struct Way {
    EndId out;
    IpAddress via;
};

/// Which ends a node has, and where: found by keys, since labs have up to a quarter of a million.
class JoinedEnds {
public:
    JoinedEnds(const Topology& topology, const AddressPlan& addresses);

    /// The ends of a node in file order.
    const std::vector<EndId>& of(NodeId node) const { return by_node_[index(node)]; }
    /// The first end of `from` that shares a subnet with `to`, and the address of `to` there.
    std::optional<Way> way(NodeId from, NodeId to, Family family) const;
    /// The same, if it is through `out`, an end of another node.
    std::optional<Way> way_through(EndId out, NodeId to, Family family) const;

private:
    std::optional<EndId> addressed(NodeId node, std::uint32_t domain, Family family) const;

    const AddressPlan& addresses_;
    std::vector<std::vector<EndId>> by_node_;
    std::unordered_map<std::uint64_t, std::vector<EndId>> by_domain_; ///< of a domain and a node
};

} // namespace netlab
