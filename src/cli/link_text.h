#pragma once

#include "control/link_request.h"

#include <string>
#include <vector>

namespace netlab {

/// `delay 10ms, loss 1%`; an empty string for none.
std::string spell(const Properties& properties);

/// What a link is after a change, a line for each direction unless they are alike:
/// `r1-r2: delay 50ms, loss 2% both ways`.
std::string describe(const LinkAnswer& link);

} // namespace netlab
