#pragma once

#include "base/address.h"

#include <string>
#include <vector>

namespace netlab {

/// An entry of the kernel's neighbour table.
struct NeighbourState {
    IpAddress address;
    int interface = 0; ///< index
    std::string mac;   ///< empty: not known
    std::string state; ///< reachable, stale, failed, …
};

/// The neighbours, of both families, in the network namespace that the calling thread is in. Throws
/// std::system_error. Equivalent to: `ip neighbour show`.
std::vector<NeighbourState> read_neighbours();

} // namespace netlab
