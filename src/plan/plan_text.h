#pragma once

#include "plan/plan.h"

#include <string>

namespace netlab {

/// The whole plan for people, as tables: nodes with interfaces and addresses, links, routes,
/// bridges. `colour` makes headings bold.
std::string plan_to_text(const Plan& plan, bool colour = false);

} // namespace netlab
