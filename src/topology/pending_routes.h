#pragma once

#include "topology/fields.h"
#include "topology/node_table.h"
#include "topology/topology.h"

#include <vector>

namespace netlab {

/// Gives the routes of the file to their nodes, now that every node and interface has its name.
void settle_routes(NodeTable& table, const std::vector<Link>& links, Input& input);

} // namespace netlab
