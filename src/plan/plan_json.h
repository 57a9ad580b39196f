#pragma once

#include "plan/plan.h"

#include <string>

namespace netlab {

/// The plan as JSON with stable keys (docs/commands.md, "The plan as JSON"). `indent` < 0 writes
/// one line.
std::string plan_to_json(const Plan& plan, int indent = 2);

} // namespace netlab
