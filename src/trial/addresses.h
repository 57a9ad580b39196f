#pragma once

#include "base/address.h"
#include "plan/plan.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// The address by which others know a node (its loopback's, else its first), as in /etc/hosts;
/// nullopt if it has none of the family.
std::optional<IpAddress> address_of(const NodePlan& node, Family family);

/// The node of that name. Throws std::runtime_error.
const NodePlan& node_named(const Plan& plan, const std::string& name);

/// The names of nodes by all of their addresses.
std::map<IpAddress, std::string> names_by_address(const Plan& plan);

/// The families of `number` (4, 6; 0: both) in which both nodes have an address.
std::vector<Family> common_families(const NodePlan& a, const NodePlan& b, int number);

} // namespace netlab
