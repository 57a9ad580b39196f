#pragma once

#include "topology/fields.h"
#include "topology/node_table.h"
#include "topology/topology.h"

#include <vector>

namespace netlab {

/// Names every interface that the file leaves without: `eth0`, `eth1`, … of each node in file
/// order, stepping over those that the file gives. An error with both places where a node has one
/// name twice.
void name_interfaces(std::vector<Link>& links, const NodeTable& table, Input& input);

} // namespace netlab
