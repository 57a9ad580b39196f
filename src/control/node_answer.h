#pragma once

#include "control/request.h"
#include "lab/lab.h"

namespace netlab {

/// A node of a running lab as a command needs it, its services among it.
NodeAnswer describe_node(const Lab& lab, NodeId id);

} // namespace netlab
