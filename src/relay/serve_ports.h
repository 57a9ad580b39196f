#pragma once

#include "relay/relayed_port.h"

#include <vector>

namespace netlab {

/// Serves the ports, in the network namespace that the caller's process is in, for as long as it
/// lives. Throws what makes that impossible.
void serve_ports(const std::vector<RelayedPort>& ports);

} // namespace netlab
