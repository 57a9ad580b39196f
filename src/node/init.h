#pragma once

#include "node/node_spec.h"
#include "node/spawn.h"

#include <cstddef>

namespace netlab {

/// PID 1 of a node: prepares the node, runs its set-up commands, then reaps whatever ends in it
/// until the kernel ends it. What goes wrong before that is reported, and the process ends.
[[noreturn]] void run_init(const NodeSpec& spec, std::size_t number,
                           const Nursery& nursery) noexcept;

} // namespace netlab
