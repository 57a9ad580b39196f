#pragma once

#include "lab/lab.h"
#include "lab/supervisor.h"
#include "node/node_spec.h"
#include "node/spawn.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace netlab {

/// Clones the nodes of a lab from their specs, on every processor that this process may use, and
/// notes them in `lab.nodes`. `done` hears how many there are. Throws LabError.
void spawn_nodes(Lab& lab, SupervisorStart& start, std::vector<NodeSpec>& specs,
                 const Nursery& nursery, const std::function<void(std::size_t)>& done);

} // namespace netlab
