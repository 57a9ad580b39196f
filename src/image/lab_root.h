#pragma once

#include "image/overlay.h"
#include "sys/unique_fd.h"

#include <string>
#include <vector>

namespace netlab {

/// What the file system under all nodes of a lab holds beside the host's.
struct LabRoot {
    std::string hosts; ///< text of /etc/hosts
    std::vector<std::string>
        directories;      ///< top-level directories that nodes need and the host may lack, "/data"
    std::string hidden{}; ///< a directory of which nodes see nothing; empty: none
    std::string resolv_conf{no_name_server}; ///< text of /etc/resolv.conf
    std::vector<std::string> files{}; ///< top-level files that nodes put something over, "/run.sh"
};

/// Gives the calling process, alone in a new mount namespace, the root file system that its nodes
/// will inherit: the host's directories, read-only for good, with a /dev, /proc, /sys and the lab's
/// /etc/hosts and /etc/resolv.conf. The mounts are made once here and copied by the kernel with
/// each node, which is far cheaper than making them there. What is returned is for lay_ground: the
/// one way to write where it lies. Throws std::system_error.
UniqueFd enter_lab_root(const LabRoot& root);

} // namespace netlab
