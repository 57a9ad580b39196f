#pragma once

#include "lab/interface_indices.h"
#include "lab/lab.h"

#include <vector>

namespace netlab {

/// The lowest free index in the calling thread's network namespace: above `lo` and whatever tunnel
/// devices this kernel puts into each new namespace. Throws std::system_error.
InterfaceIndices free_indices();

/// Makes the cables of all links, each interface in its node, and the bridges of the LAN segments
/// in the calling thread's network namespace, the lab's own. Throws LabError.
void wire(Lab& lab, const InterfaceIndices& indices);

/// In the network namespace of a node: its bridge, addresses, what shapes its links in the kernel,
/// and its interfaces up. Throws LabError.
void configure(Lab& lab, NodeId id, const InterfaceIndices& indices);

/// In the network namespace of a node: waits until packets pass all its interfaces but those of
/// index `cut`, then sets its routes. Throws LabError if that takes longer than the lab's links can
/// need.
void finish(const Lab& lab, NodeId id, const InterfaceIndices& indices,
            const std::vector<int>& cut = {});

} // namespace netlab
