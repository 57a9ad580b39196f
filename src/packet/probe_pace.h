#pragma once

#include "base/impairment.h"
#include "packet/probe.h"

namespace netlab {

/// Slow enough that no probe waits for the one before it on a link that is what `asked` says.
ProbePace probe_pace(const Impairment& asked, Duration time);

/// A little faster than the rate of `asked`, which has a rate or a trace, with frames so large that
/// `time` holds enough of them; `mtu` is the smaller one of both ends.
FloodPace flood_pace(const Impairment& asked, std::uint32_t mtu, Duration time);

/// The share of frames that are lost in the long run.
double mean_loss(const Loss& loss);

} // namespace netlab
