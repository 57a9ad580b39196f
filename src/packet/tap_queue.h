#pragma once

#include <cstdint>
#include <string>

namespace netlab {

/// Equivalent to: `ip link set NAME txqueuelen LENGTH` and `tc qdisc replace dev NAME root
/// noqueue`, in the calling thread's network namespace. Throws std::system_error.
///
/// By netlink: SIOCSIFTXQLEN wants power over the host. A TAP has a queue of its own and never asks
/// its sender to wait, so a qdisc before it would stay empty, and pfifo_fast takes 24 bytes for
/// each frame of `length`.
void set_queue(const std::string& name, std::uint32_t length);

} // namespace netlab
