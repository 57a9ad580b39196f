#pragma once

#include "sys/unique_fd.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <sys/types.h>
#include <sys/uio.h>

namespace netlab {

/// As many as the kernel lets go with one message (SCM_MAX_FD in its include/net/scm.h).
inline constexpr std::size_t most_passed = 253;

/// Sends one message over a Unix socket, with a descriptor (SCM_RIGHTS, unix(7)) unless that is
/// negative. Returns false with errno set where sendmsg(2) fails; never raises SIGPIPE.
bool send_with_descriptor(const UniqueFd& socket, std::string_view bytes, int descriptor);
/// The same with several descriptors, at most `most_passed`, beside bytes from several places.
/// `flags` are those of sendmsg(2), as is what it returns.
ssize_t send_with_descriptors(int socket, std::span<const iovec> parts,
                              std::span<const int> descriptors, int flags = 0);

/// The next message, and the descriptor that came with it, if one did, in `descriptor`. Returns as
/// recvmsg(2) does.
ssize_t receive_with_descriptor(const UniqueFd& socket, std::span<char> buffer,
                                UniqueFd& descriptor);

struct PassedMessage {
    ssize_t size = -1; ///< as of recvmsg(2); errno is set if negative
    int flags = 0;     ///< MSG_TRUNC: the buffer, MSG_CTRUNC: `most` or a limit was too small
    std::vector<UniqueFd> descriptors{};
};

/// The same with `most` descriptors at most, and flags of recvmsg(2).
PassedMessage receive_with_descriptors(int socket, std::span<char> buffer, std::size_t most,
                                       int flags = 0);

} // namespace netlab
