#pragma once

#include <chrono>

namespace netlab {

/// CLOCK_MONOTONIC: what schedules are kept by.
using TrialClock = std::chrono::steady_clock;
using Instant = TrialClock::time_point;

inline constexpr Instant never = Instant::max();

} // namespace netlab
