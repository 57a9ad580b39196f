#pragma once

#include "lab/lab.h"

namespace netlab {

/// Interface indices that a lab chooses for itself, so that requests need not ask the kernel for
/// them.
class InterfaceIndices {
public:
    /// `first` is the lowest index that is free in a new network namespace.
    explicit InterfaceIndices(int first) : first_(first) {}

    /// Of the `interface`-th interface of a node.
    int of(std::size_t interface) const { return first_ + static_cast<int>(interface); }
    /// Of the bridge of a switch with that many interfaces.
    int of_bridge(const NodePlan& node) const { return of(node.interfaces.size()); }

private:
    int first_;
};

/// The lowest free index in the calling thread's network namespace: above `lo` and whatever tunnel
/// devices this kernel puts into each new namespace. Throws std::system_error.
InterfaceIndices free_indices();

/// Makes the cables of all links, each interface in its node, and the bridges of the LAN segments
/// in the calling thread's network namespace, the lab's own. Throws LabError.
void wire(Lab& lab, const InterfaceIndices& indices);

/// In the network namespace of a node: its bridge, addresses, what shapes its links in the kernel,
/// and its interfaces up. Throws LabError.
void configure(Lab& lab, NodeId id, const InterfaceIndices& indices);

/// In the network namespace of a node: waits until packets pass all its interfaces, then sets its
/// routes. Throws LabError if that takes longer than the lab's links can need.
void finish(const Lab& lab, NodeId id, const InterfaceIndices& indices);

} // namespace netlab
