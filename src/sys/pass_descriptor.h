#pragma once

#include "sys/unique_fd.h"

#include <span>
#include <string_view>

#include <sys/types.h>

namespace netlab {

/// Sends one message over a Unix socket, with a descriptor (SCM_RIGHTS, unix(7)) unless that is
/// negative. Returns false with errno set where sendmsg(2) fails; never raises SIGPIPE.
bool send_with_descriptor(const UniqueFd& socket, std::string_view bytes, int descriptor);

/// The next message, and the descriptor that came with it, if one did, in `descriptor`. Returns as
/// recvmsg(2) does.
ssize_t receive_with_descriptor(const UniqueFd& socket, std::span<char> buffer,
                                UniqueFd& descriptor);

} // namespace netlab
