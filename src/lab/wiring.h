#pragma once

#include "lab/interface_indices.h"
#include "lab/lab.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace netlab {

class Socket;

/// The lowest free index in the calling thread's network namespace: above `lo` and whatever tunnel
/// devices this kernel puts into each new namespace. Throws std::system_error.
InterfaceIndices free_indices();

/// The cables of a lab as they are made, each interface in its node, and the configuration of the
/// nodes that have theirs: both keep one processor busy about as long as the cloning of nodes does
/// two, so they go on meanwhile.
class Wiring {
public:
    /// The bridges of the LAN segments are made in the calling thread's network namespace, the
    /// lab's own. Throws LabError.
    Wiring(Lab& lab, const InterfaceIndices& indices);

    /// The node is noted in the lab, and its sysctls for new interfaces are written.
    void has_come(NodeId node);
    /// Makes the cables whose nodes have come, and configures the nodes that have all of theirs.
    /// Throws LabError.
    void advance();
    /// Once all nodes have come and advance() was called: what can only be done to all cables
    /// together, and the nodes that have waited for that. `progress` hears how many are
    /// configured. Throws LabError.
    void end(const std::function<void(std::size_t)>& progress);

private:
    void make_interfaces(const std::vector<std::size_t>& cables);
    void configure_node(NodeId node);

    Lab& lab_;
    const InterfaceIndices& indices_;
    std::vector<std::vector<std::size_t>> cables_at_; ///< by NodeId
    std::vector<std::size_t> missing_nodes_;          ///< by cable
    std::vector<std::size_t> missing_cables_;         ///< by NodeId
    std::vector<std::size_t> ready_;                  ///< cables to be made
    std::vector<NodeId> connected_;                   ///< nodes to be configured
    std::size_t configured_ = 0;
    bool early_ = true; ///< nodes are configured before all cables are made
};

/// In the network namespace of a node: its bridge, addresses, what shapes its links in the kernel,
/// and its interfaces up. Throws LabError.
void configure(Lab& lab, NodeId id, const InterfaceIndices& indices);

/// What is left to do for a node that is configured: routes, once packets pass all its interfaces
/// but those of index `cut`.
class Settling {
public:
    Settling(const Lab& lab, NodeId id, const InterfaceIndices& indices, std::vector<int> cut);

    /// In the network namespace of the node, again and again: true once its routes are set. Does
    /// not wait. Throws LabError if it has taken longer than the lab's links can need.
    bool advance();

private:
    bool links_pass(Socket& socket);

    const Lab& lab_;
    const NodePlan& node_;
    const InterfaceIndices& indices_;
    std::vector<int> down_; ///< interfaces that are not waited for
    std::chrono::steady_clock::time_point give_up_;
    bool pass_ = false;
    bool again_ = false; ///< the routes were out of reach before
};

/// In the network namespace of a node: waits until packets pass all its interfaces, then sets its
/// routes. Throws as Settling.
void finish(const Lab& lab, NodeId id, const InterfaceIndices& indices);

} // namespace netlab
