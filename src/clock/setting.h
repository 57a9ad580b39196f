#pragma once

#include "base/node_clock.h"
#include "clock/page.h"

#include <cstdint>

namespace netlab {

/// The host's CLOCK_REALTIME, in nanoseconds since 1970.
std::int64_t host_now();

/// A clock that the file or a command asks for, beginning now.
ClockSetting make_setting(const NodeClock& clock);

/// The same clock, `by` further on. Throws std::overflow_error if it would leave the years that a
/// clock can show.
ClockSetting jumped(const ClockSetting& setting, Duration by);
/// The same clock, that goes on from where it is with another drift: parts in a thousand million.
ClockSetting with_drift(const ClockSetting& setting, std::int64_t drift);

/// What it is now: how far ahead, and its drift.
NodeClock clock_now(const ClockSetting& setting);

/// Writes a page's whole text, for a file that no program has open yet.
void write_new_page(int file, const ClockSetting& setting);
/// Has programs that see the page go by `setting` from now on, none of them by half of it. One
/// writer at a time. Both throw std::system_error.
void write_page(int file, const ClockSetting& setting);

} // namespace netlab
