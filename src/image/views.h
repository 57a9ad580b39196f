#pragma once

namespace netlab {

/// Mounts what the kernel shows of a node: its terminals (/dev/pts), /sys, and its cgroups, once in
/// the life of a node: the second call does nothing. Only what runs in a node looks at them, so a
/// node in which nothing runs need not pay; and the kernel searches all instances of /sys for each
/// that it mounts (fs/kernfs/mount.c), which among thousands takes more than the rest of a node.
/// The caller is root of the node, in its mount namespace. Throws std::system_error.
void mount_views();

} // namespace netlab
