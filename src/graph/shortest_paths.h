#pragma once

#include "base/ids.h"
#include "graph/routed_graph.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace netlab {

/// The first step of a path: out through an attachment of the source (its index in the graph's
/// `attachments()`), to an attachment of the neighbour. `out` is `any_end` when the source is a
/// domain: any node there can take the step.
struct FirstHop {
    static constexpr std::uint32_t any_end = 0xffffffff;

    std::uint32_t out = any_end;
    std::uint32_t in = 0;

    auto operator<=>(const FirstHop&) const = default;
};

/// A set of first hops, as an index in `ShortestPaths::hops`: equal sets have equal indices. 0 is
/// the empty set.
using HopSet = std::uint32_t;

/// How far something is, in the sum of costs, and the first hops of all the shortest ways there.
/// The set is empty for what the source is joined to directly.
struct Reach {
    std::uint64_t distance = 0;
    HopSet hops = 0;
};

/// All shortest paths from one node, or from a domain for all the nodes that have their only end in
/// it.
class ShortestPaths {
public:
    /// A node that does not forward must have several ends, or its only one in a domain that is not
    /// transit.
    static ShortestPaths from_node(const RoutedGraph& graph, NodeId source);
    /// `domain` must be a transit domain.
    static ShortestPaths from_domain(const RoutedGraph& graph, std::uint32_t domain);

    ShortestPaths(ShortestPaths&&) = default;
    ShortestPaths& operator=(ShortestPaths&&) = default;

    /// nullopt: there is no way.
    std::optional<Reach> to_domain(std::uint32_t domain);
    std::optional<Reach> to_node(NodeId node);

    const std::vector<FirstHop>& hops(HopSet set) const { return *sets_[set]; }
    /// One more than the largest HopSet handed out so far.
    std::size_t set_count() const { return sets_.size(); }

private:
    explicit ShortestPaths(const RoutedGraph& graph);

    /// Finds the distances, then carries the first hops along the paths.
    void run(std::uint32_t source);
    /// Where all arcs cost the same the nearest come first by themselves.
    void search_breadth_first();
    /// Dijkstra's algorithm.
    void search_by_cost();
    void follow_arcs(std::uint32_t vertex);
    /// What is known of a domain, in doubled costs: see routed_arcs.h.
    struct DomainReach {
        std::uint64_t distance;
        HopSet hops;
        std::vector<std::uint32_t> direct;
    };
    std::optional<DomainReach> reach(std::uint32_t domain) const;
    HopSet join(HopSet left, HopSet right);
    HopSet intern(std::vector<FirstHop> hops);

    const RoutedGraph* graph_;
    std::uint32_t source_ = 0;
    std::vector<std::uint64_t> distance_;
    std::vector<std::uint32_t> order_;
    std::vector<HopSet> hops_;
    /// The source's own ends into a domain, where going out through them is a shortest way there.
    std::map<std::uint32_t, std::vector<std::uint32_t>> direct_;
    std::map<std::vector<FirstHop>, HopSet> set_of_;
    std::vector<const std::vector<FirstHop>*> sets_;
    std::map<std::pair<HopSet, HopSet>, HopSet> joined_;
};

} // namespace netlab
