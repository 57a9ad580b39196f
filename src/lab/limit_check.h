#pragma once

#include "lab/host_limits.h"
#include "plan/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// How much of a resource the lab needs before any of its services and commands takes more.
std::uint64_t needed_by(const Plan& plan, Resource resource);

/// Throws std::runtime_error that names the first of `limits` that the lab would pass, how far, and
/// how it is raised.
void check_limits(const Plan& plan, const std::vector<HostLimit>& limits);

/// What to know of a lab whose nodes, when each talks to all its neighbours, know more of them than
/// `limit`, the machine's table, holds; empty if they do not, or if `limit` is 0.
std::string neighbour_warning(const Plan& plan, std::uint64_t limit);

} // namespace netlab
