#pragma once

#include "control/request.h"
#include "lab/lab.h"
#include "node/service_board.h"

namespace netlab {

/// What a service is whose node has lost its power, by what it was last.
ServiceState state_without_power(ServiceState last);

/// A node of a running lab as a command needs it, its services among it.
NodeAnswer describe_node(const Lab& lab, NodeId id);

/// Its name, and nothing else (Request::Kind::names).
NodeAnswer name_node(const Lab& lab, NodeId id);

} // namespace netlab
