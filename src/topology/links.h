#pragma once

#include "topology/fields.h"
#include "topology/node_table.h"
#include "topology/topology.h"

#include <vector>

namespace netlab {

/// Reads `links` (may be missing) over `defaults.link`, ranges expanded, interfaces and links
/// named.
std::vector<Link> read_links(const Member* links, const Member* link_defaults, NodeTable& table,
                             const Addressing& addressing, Input& input);

} // namespace netlab
