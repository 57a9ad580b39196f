#pragma once

namespace netlab {

/// Mounts what a node had written before it lost its power where it was, for the one that starts in
/// its place: `tree` is a detached mount of its tmpfs. What a machine has in memory (/tmp, /run,
/// /dev/shm) is not in it any more, nor is what was only true of the old node's mounts. The caller
/// is PID 1 of the new node. Throws std::system_error.
void mount_kept_files(int tree);

} // namespace netlab
