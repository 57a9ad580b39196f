#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// What a lab takes of a host, as its limits count it.
enum class Resource {
    namespaces, ///< of each kind that a node has
    processes,  ///< and threads
    open_files, ///< of one process
    mounts,     ///< in one mount namespace
    memory,     ///< bytes
};

/// A limit of this host, or of this user, session or container on it.
struct HostLimit {
    Resource resource{};
    std::string name;       ///< as a person finds it: `kernel.pid_max`, `ulimit -Hn`
    std::uint64_t most = 0; ///< as it is set
    std::uint64_t left = 0; ///< as far as can be seen; other users' use of it cannot
    std::string cure;       ///< how it is raised
};

/// All that this process can see, in the order of Resource. Those that are not set are left out.
std::vector<HostLimit> host_limits();

/// How many neighbours the machine's table holds for all its network namespaces (gc_thresh3 of
/// arp(7)), for IPv4 and IPv6 the smaller. 0 if that cannot be seen: it is the host's own namespace
/// that shows it.
std::uint64_t neighbour_limit();

} // namespace netlab
