#pragma once

#include "control/held_reply.h"
#include "control/request.h"
#include "fault/faults.h"
#include "lab/lab.h"

namespace netlab {

/// Carries a request about faults (`part`, `heal` or `faults`) out. The answer names those that
/// were made, healed or are there, or what the kernel refused. Throws InputError.
HeldReply answer_faults(const Lab& lab, Faults& faults, const Request& request);

} // namespace netlab
