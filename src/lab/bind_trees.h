#pragma once

#include "plan/plan.h"
#include "sys/unique_fd.h"

#include <string>
#include <vector>

namespace netlab {

/// The detached mounts of a plan.
struct BindTrees {
    /// For each node, one for each of its binds, in their order, and then one for its root file
    /// system if it has one of its own.
    std::vector<std::vector<UniqueFd>> of_nodes;
    /// One for each of bound_paths(), for nodes that start again.
    std::vector<UniqueFd> spare;
};

/// What the binds and roots of `plan` name on the host, each once, sorted.
std::vector<std::string> bound_paths(const Plan& plan);

/// Opens what the binds and roots of `plan` name on the host, while it is still in sight. Needs
/// CAP_SYS_ADMIN over this mount namespace. Throws LabError.
BindTrees open_bind_trees(const Plan& plan);

/// Maps the owners of the bound files as the user namespace of `pid` maps ids, so that a node's
/// root is to root's files what it says it is. Only root can and has to: an ordinary user's ids are
/// in the lab as they are. Throws LabError for a file system that cannot do it, unless it is for a
/// read-only bind.
void map_bind_owners(const BindTrees& trees, const Plan& plan, pid_t pid);

} // namespace netlab
