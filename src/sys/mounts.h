#pragma once

#include "sys/unique_fd.h"

#include <string>
#include <vector>

namespace netlab {

/// mount(2) of a new file system. `options` as in mount(8). Throws std::system_error.
void mount_new(const char* type, const std::string& target, unsigned long flags,
               const std::string& options = {});

/// Mounts a sysfs: writable, so that what belongs to the caller's network namespace can be set, or
/// read-only where the kernel allows no more because all that there is already is (in a container).
/// Throws std::system_error.
void mount_sysfs(const std::string& target);

/// Shows `source` at `target` too; with `recursive` whatever is mounted below it as well. Throws
/// std::system_error.
void mount_bind(const std::string& source, const std::string& target, bool recursive = false);

/// No mount below `/` is shared with another mount namespace any more. Throws std::system_error.
void make_mounts_private();

/// Makes the mount at `path` read-only, with `recursive` all below it (mount_setattr(2),
/// Linux 5.12). A mount namespace of a less privileged user namespace that is cloned later cannot
/// undo it. Throws std::system_error.
void make_read_only(const std::string& path, bool recursive);

/// A detached copy of the mount at `path`, attached to nothing yet (open_tree(2), Linux 5.2); with
/// `recursive` of all below it, too. The kernel makes none of a mount that is in another mount
/// namespace than the caller, or in none. Throws std::system_error.
UniqueFd clone_mount(const std::string& path, bool recursive = true);

/// Attaches a detached mount at `target` (move_mount(2)). Throws std::system_error.
void attach_mount(int tree, const std::string& target);

/// Maps the file owners of a detached mount as the user namespace `userns` maps ids (Linux 5.12):
/// what is root's on disk is that namespace's root's. Needs privilege over the file system. Throws
/// std::system_error.
void map_owners(const UniqueFd& tree, const UniqueFd& userns);

/// Where something is mounted in this mount namespace, in the order of /proc/self/mountinfo. Throws
/// std::system_error.
std::vector<std::string> mount_points();

/// `root` becomes `/` and what was there before goes out of sight. Throws std::system_error.
void switch_root(const std::string& root);

} // namespace netlab
