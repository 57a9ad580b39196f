#pragma once

#include "base/ids.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace netlab {

/// A node's way into a broadcast domain. `cost` counts when the node sends into the domain; the way
/// from the domain to the node is free (as OSPF counts, RFC 2328 section 16).
struct Attachment {
    NodeId node{};
    std::uint32_t domain = 0;
    std::uint32_t cost = 1;

    bool operator==(const Attachment&) const = default;
};

/// Nodes and broadcast domains as a packet sees them in one family. Nodes that do not forward are
/// never on the way.
class RoutedGraph {
public:
    struct Arcs;

    /// `forwards` says of each node whether packets may pass through it.
    RoutedGraph(std::vector<bool> forwards, std::size_t domain_count,
                std::vector<Attachment> attachments);
    ~RoutedGraph();
    RoutedGraph(RoutedGraph&&) noexcept;
    RoutedGraph& operator=(RoutedGraph&&) noexcept;

    std::size_t node_count() const { return of_node_.size(); }
    std::size_t domain_count() const { return of_domain_.size(); }
    bool forwards(NodeId node) const { return forwards_[index(node)]; }
    const std::vector<Attachment>& attachments() const { return attachments_; }

    /// Indices in `attachments()`, ascending.
    const std::vector<std::uint32_t>& of_node(NodeId node) const { return of_node_[index(node)]; }
    const std::vector<std::uint32_t>& of_domain(std::uint32_t domain) const {
        return of_domain_[domain];
    }
    /// Whether a packet can pass through the domain or begin a choice of ways there. The others
    /// hang on one router at most and are answered from it, so that Dijkstra's algorithm need not
    /// visit them.
    bool is_transit(std::uint32_t domain) const { return transit_[domain]; }

    /// Of a node's attachments to one domain the first, given any of them.
    std::uint32_t first_end(std::uint32_t attachment) const { return first_end_[attachment]; }

    /// A node's vertex is its NodeId, those of domains follow, and one that is nobody's.
    std::size_t vertex_count() const { return node_count() + domain_count() + 1; }
    /// The vertex whose shortest paths lead to the domain: its own, that of the one router that it
    /// hangs on, or nobody's.
    std::uint32_t vertex_of(std::uint32_t domain) const { return vertex_of_[domain]; }

    const Arcs& arcs() const { return *arcs_; }

private:
    void find_first_ends();
    void find_transit();
    void find_vertices();

    std::vector<bool> forwards_;
    std::vector<Attachment> attachments_;
    std::vector<std::vector<std::uint32_t>> of_node_;
    std::vector<std::vector<std::uint32_t>> of_domain_;
    std::vector<std::uint32_t> first_end_;
    std::vector<bool> transit_;
    std::vector<std::uint32_t> vertex_of_;
    std::unique_ptr<const Arcs> arcs_;
};

} // namespace netlab
