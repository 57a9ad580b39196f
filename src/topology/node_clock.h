#pragma once

#include "base/node_clock.h"
#include "topology/node_settings.h"
#include "topology/report_once.h"

#include <vector>

namespace netlab {

/// The bind that shows the host's files where a node's wall clock has its own (see
/// wall_clock_places), or nullptr.
const Bind* bind_over_clock(const std::vector<Bind>& binds);

/// An error if a node, all its layers merged, has a wall clock of its own and such a bind.
void check_clock(const NodeSettings& settings, ReportOnce& once);

} // namespace netlab
