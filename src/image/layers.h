#pragma once

namespace netlab {

/// Mounts the views (see mount_views) and the layers of the calling process's node, if nobody has
/// yet: from then on what is written below /etc, /var, /home, … is the node's own. Called by
/// whatever is the first to run something in the node, so that a node in which nothing runs does
/// not pay for it. The caller is root of the node, in its mount namespace. No layers where no
/// ground is laid (see lay_ground). A layer that the kernel refuses is left out: that directory
/// stays as it was. Throws std::system_error.
void mount_layers();

/// Whether the working directory of a process of a node lies on one of its layers.
bool is_on_layer();

} // namespace netlab
