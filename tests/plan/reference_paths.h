#pragma once

#include "plan/plan.h"
#include "topology/topology.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace netlab::test {

/// Shortest paths as the rules say them, worked out from a plan's addresses in the plainest way: no
/// Boost, no compression, one destination at a time. Another pair of eyes for the routes of the
/// plan.
class ReferencePaths {
public:
    /// An end of a link that carries packets in the family.
    struct End {
        NodeId node{};
        std::uint32_t cost = 1;
        std::size_t piece = 0; ///< links that are up and joined by switches
        IpInterface address;
        std::string interface;
        std::size_t place = 0; ///< in the file: by link, then by end
    };

    ReferencePaths(const Topology& topology, const Plan& plan, Family family);

    const std::vector<End>& ends() const { return ends_; }
    /// Every subnet and every loopback.
    std::vector<IpPrefix> destinations() const;
    bool is_connected(NodeId node, const IpPrefix& to) const;
    bool owns(NodeId node, const IpPrefix& to) const;
    /// Whether a host, or another node that does not route, has an address in the subnet.
    bool has_hosts(const IpPrefix& subnet) const;
    /// The distance of each node to `to`; nullopt where there is no way.
    std::vector<std::optional<std::uint64_t>> distances(const IpPrefix& to) const;
    /// All first hops of shortest paths to `to`, given its `distances`.
    std::set<NextHop> next_hops(NodeId node, const IpPrefix& to,
                                const std::vector<std::optional<std::uint64_t>>& distance) const;
    /// The node that answers to `address` in the piece.
    std::optional<NodeId> owner(std::size_t piece, const IpAddress& address) const;

private:
    const Plan& plan_;
    Family family_;
    std::vector<End> ends_;
};

/// The next hops that the kernel would take: those of the longest prefix that covers the address.
const std::vector<NextHop>* longest_match(const NodePlan& node, const IpAddress& address);

} // namespace netlab::test
