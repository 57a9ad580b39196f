#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A socket as /proc/net has it.
struct SocketState {
    std::string protocol; ///< tcp, tcp6, udp, udp6
    std::string state;    ///< LISTEN, ESTABLISHED, …
    std::string local;    ///< `10.0.1.1:80`, `[::]:53`
    std::string remote;
    std::uint64_t send_queue = 0; ///< bytes
    std::uint64_t receive_queue = 0;
};

/// TCP and UDP sockets of the network namespace that this process, of one thread, is in (proc(5),
/// /proc/net/tcp). Empty where there is no /proc.
std::vector<SocketState> read_sockets();

/// A line of such a file; nullopt if it is none. For tests.
bool parse_socket_line(std::string_view line, SocketState& socket);

} // namespace netlab
