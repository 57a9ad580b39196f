#pragma once

#include "base/diagnostic.h"
#include "cli/find_lab.h"
#include "cli/inspect_state.h"
#include "cli/read_plan.h"
#include "cli/run_many.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace netlab {

// What --json prints. The keys are documented in docs/commands.md and do not change. All end with a
// line break.

std::string up_to_json(const Plan& plan, const LabCard& card,
                       const std::vector<Diagnostic>& warnings, const Source& source,
                       double seconds);
std::string check_to_json(const std::vector<PlannedFile>& files);
std::string labs_to_json(const std::vector<LabCard>& cards);
std::string results_to_json(const std::vector<NodeResult>& results);
std::string states_to_json(const LabCard& card, const std::vector<NodeState>& nodes);

} // namespace netlab
