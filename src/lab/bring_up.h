#pragma once

#include "lab/supervisor.h"

namespace netlab {

/// Takes a lab through the phases of Phase, once and never back. Throws LabError or
/// std::system_error; the caller then ends the process, and with it all that was made.
void bring_up(Lab& lab, SupervisorStart& start);

} // namespace netlab
