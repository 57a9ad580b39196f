#pragma once

#include "topology/fields.h"
#include "topology/topology.h"

#include <vector>

namespace netlab {

/// `publish`: a list of `[ADDRESS:]HOSTPORT:NODEPORT[/udp]`.
std::vector<PublishedPort> read_publish(const Value& value, Input& input);

/// An error for each port of the host's that is to lead to two places.
void settle_published_ports(const std::vector<Node>& nodes, Input& input);

} // namespace netlab
