#pragma once

#include "packet/probe_frame.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace netlab {

/// A frame of this measurement that came in.
struct ProbeSighting {
    std::span<const std::byte> bytes; ///< the first probe_bytes; hold until the call returns
    Duration time{};                  ///< since boot, as the kernel took it in
};

/// Sends and receives the frames of one measurement on one interface, past the node's own network
/// stack. What comes in waits in memory that is shared with the kernel (PACKET_RX_RING, 4 MiB), so
/// that a flood is not lost while this process is kept waiting.
class ProbeSocket {
public:
    /// Opens it on the interface of this name in the calling thread's network namespace; the thread
    /// may leave it. Needs CAP_NET_RAW there. Throws std::system_error.
    ProbeSocket(const std::string& interface, std::uint32_t run);

    /// To poll(2): readable when something came.
    int fd() const { return socket_.get(); }
    /// False if the socket has no room now. A frame that the link drops at once was sent all the
    /// same. Throws std::system_error, when the interface is down or gone for one.
    bool send(std::span<const std::byte> frame) const;
    /// Calls `each` with what came since the last call.
    void receive(const std::function<void(const ProbeSighting&)>& each);
    /// Frames that came and found no room here, since the last call.
    std::uint64_t missed() const;

private:
    struct Unmap {
        void operator()(std::byte* ring) const;
    };

    std::uint32_t run_;
    int interface_ = 0;
    UniqueFd socket_;
    std::unique_ptr<std::byte, Unmap> ring_;
    std::size_t next_ = 0; ///< the place in the ring that the kernel fills next
};

} // namespace netlab
