#pragma once

#include "control/fault_request.h"

#include <string>
#include <vector>

namespace netlab {

/// What `partition`, `heal` and `faults` print with --json; see docs/commands.md. Ends with a line
/// break.
std::string faults_to_json(const std::vector<FaultAnswer>& faults);

} // namespace netlab
