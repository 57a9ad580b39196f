#pragma once

#include "topology/fields.h"
#include "topology/topology.h"

#include <vector>

namespace netlab {

/// Reads the services of a node (`run`). Reports what it cannot use and leaves it out.
std::vector<Service> read_run(const Value& value, Input& input);

} // namespace netlab
