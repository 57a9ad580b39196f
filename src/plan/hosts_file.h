#pragma once

#include "plan/plan.h"

#include <optional>
#include <string>

namespace netlab {

/// The /etc/hosts of the lab: localhost, then each host's and router's loopback, else its first
/// address (of an interface that is up, if there is one), in both families.
std::string hosts_file(const Plan& plan);

/// What the node's name means in the lab: the address of this family that /etc/hosts gives it.
/// nullopt if it has none.
std::optional<IpAddress> named_address(const NodePlan& node, Family family);

} // namespace netlab
