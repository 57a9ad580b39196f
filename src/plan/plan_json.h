#pragma once

#include "base/write.h"
#include "plan/plan.h"

#include <string>

namespace netlab {

/// The plan as JSON with stable keys (docs/commands.md, "The plan as JSON"). `indent` < 0 writes
/// one line.
void write_plan_json(const Plan& plan, int indent, const Write& write);

/// The same as one text.
std::string plan_to_json(const Plan& plan, int indent = 2);

} // namespace netlab
