#pragma once

#include "base/ids.h"
#include "graph/routed_graph.h"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>
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
/// it. One object can go on to the next source, in the memory that it has.
class ShortestPaths {
public:
    /// Without a source yet.
    explicit ShortestPaths(const RoutedGraph& graph);
    /// A node that does not forward must have several ends, or its only one in a domain that is not
    /// transit.
    static ShortestPaths from_node(const RoutedGraph& graph, NodeId source);
    /// `domain` must be a transit domain.
    static ShortestPaths from_domain(const RoutedGraph& graph, std::uint32_t domain);

    /// The paths from another node. HopSets of the last source are void.
    void go_to_node(NodeId source);
    /// The paths from another domain. HopSets of the last source are void.
    void go_to_domain(std::uint32_t domain);

    /// nullopt: there is no way.
    std::optional<Reach> to_domain(std::uint32_t domain);
    std::optional<Reach> to_node(NodeId node);
    /// The hops towards a vertex of RoutedGraph's; 0 also where there is no way.
    HopSet to_vertex(std::uint32_t vertex) const { return vertices_[vertex].hops; }

    /// Sorted.
    std::vector<FirstHop> hops(HopSet set) const;
    /// The same by numbers, from 0: each first hop has one for as long as the source stays.
    std::span<const std::uint32_t> numbers(HopSet set) const;
    /// One more than the largest number handed out so far.
    std::size_t number_count() const { return first_hops_.size(); }
    /// The set of one first hop.
    HopSet only(std::uint32_t number);
    /// One more than the largest HopSet handed out so far.
    std::size_t set_count() const { return sets_.size(); }

private:
    static constexpr auto unreachable = std::numeric_limits<std::uint64_t>::max();

    struct Vertex {
        std::uint64_t distance = unreachable;
        HopSet hops = 0;
        bool several = false; ///< not all paths begin as the one that was found first
        bool direct = false;  ///< a domain that the source sends into
    };
    struct Slice {
        std::uint32_t begin;
        std::uint32_t size;
    };
    struct Joined {
        HopSet left;
        HopSet right;
        HopSet both;
    };

    void forget();
    void find_own_ends(NodeId source);
    void leave_out_dear_ends();
    void mark_direct_domains();
    /// Finds the distances, and carries the first hops along the paths.
    void run(std::uint32_t source);
    /// Where all arcs cost the same the nearest come first by themselves.
    void search_breadth_first();
    /// Dijkstra's algorithm.
    void search_by_cost();
    void note_hops(std::uint32_t to, HopSet hops);
    void carry(std::uint32_t from, std::uint32_t to, std::uint32_t in);
    void collect_hops(std::uint32_t vertex);
    void collect_from_nodes(std::uint32_t domain);
    void collect_from_domains(std::uint32_t node);
    Vertex& of_domain(std::uint32_t domain) { return vertices_[graph_->node_count() + domain]; }
    HopSet direct_set(std::uint32_t domain, std::uint32_t in);
    std::uint64_t distance_of(std::uint32_t domain) const;
    HopSet join(HopSet left, HopSet right);
    HopSet unite(std::vector<HopSet>& sets);
    HopSet intern(const std::vector<std::uint32_t>& set);
    void make_room_in_table();

    const RoutedGraph* graph_;
    std::uint32_t source_ = 0;
    std::vector<Vertex> vertices_;
    std::vector<std::uint32_t> order_;
    /// The source's own ends into each domain, where going out through them is a shortest way
    /// there: domain and end, sorted.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> direct_;

    std::vector<FirstHop> first_hops_; ///< by number
    std::map<FirstHop, std::uint32_t> number_of_;
    std::vector<std::uint32_t> pool_; ///< the sets' numbers, each sorted
    std::vector<Slice> sets_;
    std::vector<HopSet> table_; ///< hashed by what is in the set; 0 is free
    std::array<Joined, 1024> joined_{};
    std::vector<HopSet> collected_;
    std::vector<std::uint32_t> numbers_;
};

} // namespace netlab
