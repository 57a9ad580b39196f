#pragma once

#include "base/impairment.h"

#include <cstdint>
#include <vector>

namespace netlab {

/// How many steps of a delay_table one jitter is (NETEM_DIST_SCALE, linux/pkt_sched.h).
inline constexpr std::int32_t delay_table_scale = 8192;

/// Deviations from the delay, each equally likely, in steps of jitter / delay_table_scale, rising:
/// the table that the kernel's netem draws from (TCA_NETEM_DELAY_DIST), so that both engines spread
/// the same jitter alike.
const std::vector<std::int16_t>& delay_table(Distribution distribution);

} // namespace netlab
