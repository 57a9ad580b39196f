#pragma once

#include <chrono>

namespace netlab {

/// A point of CLOCK_MONOTONIC, which is what timerfd_settime(2) takes too.
using Instant = std::chrono::steady_clock::time_point;

} // namespace netlab
