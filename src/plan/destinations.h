#pragma once

#include "graph/shortest_paths.h"
#include "plan/address_plan.h"
#include "plan/prefix_tree.h"
#include "plan/routing_plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// A prefix to be reached: a subnet, or a node's loopback.
struct Destination {
    IpPrefix to;
    std::optional<NodeId> owner;
    std::uint32_t domain = 0;          ///< of a subnet
    std::vector<std::uint32_t> pieces; ///< of a subnet: where it is, more than one if it is torn
};

/// All of a family, sorted by prefix, and what leads to each.
class Destinations {
public:
    Destinations(const AddressPlan& addresses, const RoutingPlan& routing, Family family);

    const std::vector<Destination>& all() const { return all_; }
    std::size_t size() const { return all_.size(); }
    const PrefixTree& tree() const { return tree_; }
    const RoutedGraph& graph() const { return *graph_; }
    /// By destination: whether it is a subnet that no host has an address in.
    const std::vector<std::uint8_t>& routers_only() const { return routers_only_; }
    /// Whether the same places have the same numbers in both families, on the same graph, and the
    /// prefixes fall into branches in the same way: then so do the routes.
    bool are_like(const Destinations& other) const;

    /// Fills `hops` by destination: all first hops of shortest paths, 0 for the node's own and
    /// where there is no way. Returns how many are known.
    std::size_t find_hops(NodeId node, ShortestPaths& paths, std::vector<HopSet>& hops) const;
    std::optional<Reach> reach(const Destination& destination, ShortestPaths& paths) const;

private:
    void find_vertices(std::size_t domains);
    std::vector<IpPrefix> prefixes() const;

    const RoutingPlan* routing_;
    const RoutedGraph* graph_;
    std::vector<Destination> all_;
    PrefixTree tree_;
    std::vector<std::uint32_t> vertex_; ///< of the graph, whose paths lead there
    std::vector<std::uint8_t> routers_only_;
    std::vector<std::uint32_t> special_;   ///< those with paths of more than one vertex
    std::vector<std::uint32_t> of_domain_; ///< the subnet's number; size() where there is none
};

} // namespace netlab
