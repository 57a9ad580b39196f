#pragma once

#include "lab/lab.h"

#include <string>

namespace netlab {

/// How a link is not as the topology file says, in a line: `r1-r2 is down`, `r1:eth0: delay 300ms`.
/// Empty if it is, or is down by faults that cut it only.
std::string differences(Lab& lab, LinkId id);

} // namespace netlab
