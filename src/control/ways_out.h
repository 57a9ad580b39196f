#pragma once

#include "control/client.h"

namespace netlab {

/// Lets `client`, whose process is in the host's network, give ways out that were killed their
/// uplink when they start again.
void make_ways_out(LabClient& client);

} // namespace netlab
