#pragma once

#include "netlink/socket.h"

namespace netlab {

/// Takes away what the kernel has learned about neighbours in the socket's network namespace; it
/// learns anew whom packets go to. What somebody has set for good stays. Equivalent to: `ip neigh
/// flush all`. Throws RequestError.
void forget_neighbours(Socket& socket);

} // namespace netlab
