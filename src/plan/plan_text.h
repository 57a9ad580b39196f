#pragma once

#include "base/write.h"
#include "plan/plan.h"

namespace netlab {

/// Writes the whole plan for people, as tables: nodes with interfaces and addresses, links, routes,
/// bridges. It takes no memory worth mention, however large the plan.
void write_plan_text(const Plan& plan, const Write& write);

} // namespace netlab
