#pragma once

#include "base/duration.h"
#include "cli/reachability.h"

#include <string>

namespace netlab {

/// A matrix of who reaches whom if there are several and at most `most_in_matrix`, what did not
/// answer, and a summary. Ends with a line break.
std::string reachability_to_text(const Reachability& found, Duration took);
/// What `ping --json` prints. The keys are documented in docs/commands.md and do not change.
std::string reachability_to_json(const Reachability& found, Duration took);

inline constexpr std::size_t most_in_matrix = 200; ///< nodes on a side

} // namespace netlab
