#pragma once

#include "relay/asio.h"
#include "relay/relayed_port.h"

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace netlab {

/// A port of the host's while it is served. Lives as long as its process.
class ServedPort {
public:
    explicit ServedPort(RelayedPort port) : port_(std::move(port)) {}
    virtual ~ServedPort() = default;
    ServedPort(const ServedPort&) = delete;
    ServedPort& operator=(const ServedPort&) = delete;

    virtual void start() = 0;
    /// Ends all that is under way; its sockets would keep the namespace of a node that has ended.
    virtual void drop_all() = 0;

    const RelayedPort& where() const { return port_; }

private:
    RelayedPort port_;
};

/// At most `most` connections at once; others wait in the kernel's queue.
std::unique_ptr<ServedPort> serve_tcp(asio::io_context& io, const RelayedPort& port,
                                      std::size_t most);
/// Replies reach at most `most` clients, those that were heard of last.
std::unique_ptr<ServedPort> serve_udp(asio::io_context& io, const RelayedPort& port,
                                      std::size_t most);

/// Where bytes are between one socket and another: nobody's for longer than a call, since the
/// process has one thread. Holds any datagram.
inline std::array<std::byte, 128U << 10U> passing_bytes;

} // namespace netlab
