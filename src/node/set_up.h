#pragma once

#include "node/command_output.h"
#include "node/node_spec.h"
#include "node/report.h"

namespace netlab {

/// Writes the sysctls of a wired node and runs its set-up commands in order, each to its end.
/// Called by the node's PID
/// 1. What still prints after its command has ended is added to `left`. Throws std::runtime_error
/// when the kernel refuses a sysctl or a command fails; `report` then says which.
void set_up_node(const NodeSpec& spec, Report& report, LeftOutput& left);

} // namespace netlab
