#pragma once

#include "image/node_root.h"

namespace netlab {

/// Gives the calling node the root file system `root.tree` in the place of the lab's, under a
/// copy-on-write layer of its own, with the node's /proc, /sys, /dev, /tmp and /run in it: nothing
/// of the host's files is in sight any more. Throws std::system_error.
void enter_own_root(const NodeRoot& root);

} // namespace netlab
