#pragma once

#include "topology/fields.h"
#include "topology/topology.h"

#include <optional>
#include <vector>

namespace netlab {

/// `daemons` of a router: a list of routing protocols, and `static`.
std::optional<Daemons> read_daemons(const Value& value, Input& input);

/// `asn`: the number of an autonomous system (RFC 6793: 32 bits).
std::optional<std::uint32_t> read_asn(const Value& value, Input& input);

/// `routing` at the top level, `none`, `static` or a protocol; static where it is missing.
RoutingMode read_routing(const Member* member, Input& input);

/// Gives every router that says nothing of daemons the one that the lab's `routing` names.
void settle_daemons(RoutingMode routing, Span routing_span, std::vector<Node>& nodes, Input& input);

} // namespace netlab
