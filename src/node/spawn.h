#pragma once

#include "node/node_spec.h"
#include "node/start_gate.h"
#include "sys/shared_memory.h"
#include "sys/unique_fd.h"

#include <cstddef>
#include <string>

#include <sys/types.h>

namespace netlab {

/// What all nodes of a lab start with.
struct Nursery {
    StartGate& gate;
    const UniqueFd& reports; ///< the writing end of the pipe
    std::string uid_map;     ///< text for /proc/PID/uid_map
    std::string gid_map;
    SharedMemory* brood = nullptr; ///< of those that clone nodes: none of a node's business
};

/// Whose child a node is.
enum class Parent {
    self,       ///< of the caller
    supervisor, ///< of the caller's parent
};

/// Clones a node: a child in user, PID, mount, UTS, IPC, network and cgroup namespaces of its own,
/// which waits for map_node. Returns its pid. Throws std::system_error with ENOSPC and EPERM
/// explained.
pid_t clone_node(const NodeSpec& spec, std::size_t number, const Nursery& nursery,
                 Parent parent = Parent::self);

/// Gives it its ids and its cgroup. It prepares its file system at once and reports "prepared";
/// after StartGate::Step::wired it runs its set-up commands and reports "ready". Throws
/// std::system_error.
void map_node(pid_t pid, const NodeSpec& spec, std::size_t number, const Nursery& nursery);

/// Both.
pid_t spawn_node(const NodeSpec& spec, std::size_t number, const Nursery& nursery);

/// Whether the node can be joined: a moment after it has reported "ready".
bool can_be_joined(pid_t pid);

/// A sentence for the errno of a clone that makes namespaces: which limit or switch of the host
/// refused it.
std::string explain_namespace_error(int error);

} // namespace netlab
