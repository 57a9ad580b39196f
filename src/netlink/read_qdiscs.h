#pragma once

#include "netlink/socket.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// The root qdisc of an interface as the kernel has it now.
struct QdiscState {
    int interface = 0;         ///< index
    std::uint32_t handle = 0;  ///< 0: nobody asked for it
    std::string kind;          ///< netem, noqueue, pfifo_fast, …
    std::uint64_t packets = 0; ///< sent
    std::uint64_t drops = 0;   ///< lost on purpose and for want of room
    std::uint32_t waiting = 0; ///< packets in it now
    std::uint32_t backlog = 0; ///< bytes in it now
};

/// Root qdiscs of all interfaces of the socket's network namespace. Throws RequestError.
std::vector<QdiscState> read_qdiscs(Socket& socket);

} // namespace netlab
