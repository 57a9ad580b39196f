#pragma once

#include "node/node_spec.h"
#include "plan/plan.h"
#include "sys/id_map.h"
#include "sys/unique_fd.h"

#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// Sysctls of a new network namespace that the kernel copies from the host's, and the values that a
/// lab has instead, so that it is the same lab on every host. Only those that differ here; read in
/// the lab's own new namespace.
std::vector<std::pair<std::string, std::string>> inherited_differences();

/// The wall clock that a node is to start with.
void give_wall_clock(NodeSpec& spec, const ClockSetting& setting);

/// What `node` is made from. `trees` are the detached mounts of its binds, in their order, and
/// of its root, and are handed over.
NodeSpec make_node_spec(const NodePlan& node, std::vector<UniqueFd> trees, const IdMap& gids,
                        const std::vector<std::pair<std::string, std::string>>& inherited);

/// What the nodes of `plan` need directly below `/`, for the paths that they mount something at.
struct TopLevel {
    std::vector<std::string> directories; ///< "/data"
    std::vector<std::string> files;       ///< "/start.sh"
};

/// Asks the host's file system, so before it is out of sight.
TopLevel top_level_of(const Plan& plan);

} // namespace netlab
