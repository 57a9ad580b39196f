#pragma once

#include "base/duration.h"

#include <array>

namespace netlab {

/// Since boot (CLOCK_MONOTONIC).
Duration probe_time();

/// Waits until something came to either descriptor, or for `patience`.
void wait_for_probes(const std::array<int, 2>& fds, Duration patience);

} // namespace netlab
