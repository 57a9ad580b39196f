#pragma once

#include "plan/plan.h"
#include "sys/id_choice.h"

namespace netlab {

/// Throws LabError if the plan has routing daemons and they cannot run here: FRRouting is not
/// installed, or nodes have one user id only, where its daemons change to a user of their own.
void check_daemons(const Plan& plan, const IdMaps& maps);

} // namespace netlab
