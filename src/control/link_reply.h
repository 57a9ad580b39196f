#pragma once

#include "control/held_reply.h"
#include "control/request.h"
#include "fault/faults.h"
#include "lab/lab.h"

namespace netlab {

/// Carries a request about links (`links` or `change`) out. The answer says what the links are at
/// that moment, or what the kernel refused. Throws InputError.
HeldReply answer_links(Lab& lab, Faults& faults, const Request& request);

} // namespace netlab
