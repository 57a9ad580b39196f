#pragma once

#include "sys/id_map.h"

namespace netlab {

/// Whether AppArmor allows user namespaces only to programs whose profile it finds by their path: a
/// program that is run from elsewhere has none.
bool are_namespaces_by_path();

/// Starts this program anew, with the same arguments, if its file belongs to one of `owners`: from
/// a mount that nothing can be changed through. The root of a node has /proc/1/exe, which leads to
/// that file by the way it was started, and could make a user's own build set-user-id (chmod(2)
/// minds neither that it runs nor that the node sees it read-only). Call before any thread, and
/// before anything is read or written. Returns if the file is safe, or if the kernel has no such
/// mount for this user.
void shield_own_program(const IdMap& owners);

} // namespace netlab
