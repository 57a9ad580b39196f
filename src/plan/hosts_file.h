#pragma once

#include "plan/plan.h"

#include <string>

namespace netlab {

/// The /etc/hosts of the lab: localhost, then each host's and router's loopback, else its first
/// address (of an interface that is up, if there is one), in both families.
std::string hosts_file(const Plan& plan);

} // namespace netlab
