#pragma once

#include "lab/lab.h"
#include "node/node_spec.h"
#include "node/service_spec.h"
#include "plan/plan.h"

#include <vector>

namespace netlab {

/// How the services of a node are to be kept.
std::vector<ServiceSpec> make_service_specs(const NodePlan& node);

/// How much of its log each service of a lab keeps, in bytes: 8 MiB, or a share of 256 MiB where
/// there are many, but not below 128 KiB.
std::size_t log_bytes_of(const Plan& plan);

/// Makes the board and the line of a node with services: what the node needs of them goes into
/// `spec`, the supervisor's side into `node`. Nothing for a node without services. Returns the
/// node's end of the line, to be closed once the node is cloned. Throws std::system_error.
UniqueFd join_services(NodeSpec& spec, RunningNode& node, std::size_t log_bytes);

/// Lets this process open the files that the services of a lab need, as far as its limit can be
/// raised. Returns the limit that was before, 0 if it is as it was.
std::uint64_t raise_file_limit(const Plan& plan);

} // namespace netlab
