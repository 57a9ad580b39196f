#pragma once

#include "lab/lab.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <vector>

namespace netlab {

/// Kills all nodes at once and waits until they have ended, but not longer than `patience`. Returns
/// their network namespaces, as many as this process may have open: while they are held, the kernel
/// has the processors for the nodes' end. Else its workers (cleanup_net() of
/// net/core/net_namespace.c) begin with the first, a few at a time, while the last still run, and
/// both take longer.
std::vector<UniqueFd> end_nodes(const Lab& lab, std::chrono::milliseconds patience);

} // namespace netlab
