#pragma once

#include "lab/interface_indices.h"
#include "lab/lab.h"

#include <chrono>
#include <vector>

namespace netlab {

class Socket;

/// The lowest free index in the calling thread's network namespace: above `lo` and whatever tunnel
/// devices this kernel puts into each new namespace. Throws std::system_error.
InterfaceIndices free_indices();

/// Makes the cables of all links, each interface in its node, and the bridges of the LAN segments
/// in the calling thread's network namespace, the lab's own. Throws LabError.
void wire(Lab& lab, const InterfaceIndices& indices);

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
