#pragma once

#include "control/link_request.h"
#include "lab/lab.h"

namespace netlab {

/// A link of a running lab as a command needs it. Throws std::system_error if the wire process does
/// not answer.
LinkAnswer describe_link(Lab& lab, LinkId id);

} // namespace netlab
