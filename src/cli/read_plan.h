#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "plan/plan.h"
#include "topology/topology.h"

#include <string>

namespace netlab {

/// A topology file, the topology in it and the plan that was made of it as far as its mistakes let
/// it.
struct PlannedFile {
    Source source;
    Plan plan;
    Diagnostics diagnostics;
    Topology topology{};
};

/// Reads, checks and plans `file`. `lab` instead of the file's own name for the lab if not empty.
/// Throws InputError if the file cannot be read or `lab` is no name; what is wrong in the file is
/// in the result.
PlannedFile read_plan(const std::string& file, const std::string& lab = {});

} // namespace netlab
