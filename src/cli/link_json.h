#pragma once

#include "cli/link_measured.h"
#include "cli/link_state.h"

#include <string>
#include <vector>

namespace netlab {

// What `link … --json` prints. The keys are documented in docs/commands.md and do not change. All
// end with a line break.

std::string links_to_json(const std::vector<LinkAnswer>& links, const LinkEndStates& states);
std::string measured_to_json(const MeasuredLink& measured);

} // namespace netlab
