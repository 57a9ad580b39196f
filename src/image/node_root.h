#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A directory or file of the host in a node.
struct BindMount {
    int tree = -1; ///< a detached mount (clone_mount); attached by enter_node_root
    bool is_file = false;
    bool read_only = false;
    std::string path;   ///< in the node
    std::string source; ///< on the host, for messages
};

/// A file written into a node before anything runs.
struct NodeFile {
    std::string path;
    std::string text;
};

/// What a node's file system holds beside the lab's.
struct NodeRoot {
    std::string hostname;
    std::vector<BindMount> binds;
    std::vector<std::string> private_directories;
    std::vector<NodeFile> files;
    int tree = -1;           ///< a detached mount: the root file system in the place of the lab's
    bool runs_early = false; ///< something runs in the node before the lab is up
    int kept = -1; ///< a detached mount: what a node in whose place this one is had written

    /// Whether its layers are wanted at once, and so the ground under them before it is cloned.
    bool is_layered() const {
        return tree < 0 &&
               (runs_early || !binds.empty() || !private_directories.empty() || !files.empty());
    }
};

/// Mounts the node's own /proc. Before enter_node_root, and apart from it: the sysctls that its
/// interfaces are born with are written by way of it. Throws std::system_error.
void mount_node_proc();

/// Mounts what a node has of its own over the lab's root: /sys, /dev/pts, /dev/shm,
/// /dev/mqueue, /tmp, /run, /root, /etc/hostname, its layers if they are wanted at once, and what
/// `root` asks for; with a root of its own that goes in the place of all the rest. The caller is
/// PID 1 of the node, in all of its namespaces, its ids mapped. Throws std::system_error.
void enter_node_root(const NodeRoot& root);

} // namespace netlab
