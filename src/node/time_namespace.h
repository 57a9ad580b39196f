#pragma once

#include "base/node_clock.h"

namespace netlab {

/// Moves the calling process into a time namespace of its own (time_namespaces(7)), whose monotonic
/// and boot clocks are ahead of the host's by what `clock` says. The caller has one thread, and a
/// /proc of its own PID namespace. Throws std::system_error, also where the kernel has no such
/// namespaces and where a clock would show less than nothing.
void enter_time_namespace(const NodeClock& clock);

} // namespace netlab
