#pragma once

#include "image/owners.h"
#include "sys/unique_fd.h"

namespace netlab {

/// What lies under the copy-on-write layers of all nodes of a lab, made once: a copy of the host's
/// /etc, and the directories of its /var, /home, /opt, /srv, /mnt and /usr/local, so that a node's
/// root, who is not the host's, can change and add to them. `place` is from enter_lab_root. The
/// caller is the lab's root. Throws std::system_error.
void lay_ground(const UniqueFd& place, const Owners& owners);

/// Where nodes see it, read-only.
inline constexpr const char* ground_path = "/.netlab/ground";
/// What there is to be mounted by each node: a line for each layer, `TARGET<tab>UID
/// GID<tab>LOWER:LOWER…`, and whose the directory is to be; without lower directories it is an
/// empty directory of the node's own, and as_it_is in their place shows the host's.
inline constexpr const char* ground_list = "/.netlab/ground/list";

inline constexpr const char* as_it_is = "=";

} // namespace netlab
