#pragma once

#include "relay/relayed_port.h"

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// Forks the process that serves the ports; it gets descriptors of its own, and ends with its
/// parent (PR_SET_PDEATHSIG). As long as the parent holds the sockets too, another can take its
/// place: connections are lost, no port is. `title` is what ps shows; it begins after `pause`. The
/// caller has one thread. Throws std::system_error.
pid_t start_relay(const std::vector<RelayedPort>& ports, const std::string& title,
                  std::chrono::milliseconds pause = {});

} // namespace netlab
