#pragma once

#include "base/address.h"
#include "sys/unique_fd.h"
#include "trial/instant.h"

#include <cstdint>
#include <optional>

namespace netlab {

/// What came back for an echo request.
struct IcmpAnswer {
    enum class Kind : std::uint8_t { reply, time_exceeded, unreachable } kind = Kind::reply;
    std::uint16_t sequence = 0; ///< of the request
    IpAddress from;
    Instant when;
};

/// Echo requests (RFC 792, RFC 4443) from the network namespace that the calling thread was in when
/// this was made.
class IcmpSocket {
public:
    /// Needs CAP_NET_RAW there. Throws std::system_error.
    IcmpSocket(Family family, std::uint16_t identifier);

    int fd() const { return socket_.get(); }
    Family family() const { return family_; }

    /// Sends a request with that sequence number; `hops` is its TTL, 0: the namespace's own. False
    /// if the kernel knows no way there. Throws std::system_error.
    bool send(const IpAddress& to, std::uint16_t sequence, int hops = 0);
    /// The next answer to a request of this socket, nullopt if there is none now.
    std::optional<IcmpAnswer> receive();

private:
    std::optional<IcmpAnswer> read_v4(const std::uint8_t* bytes, std::size_t size) const;
    std::optional<IcmpAnswer> read_v6(const std::uint8_t* bytes, std::size_t size) const;

    Family family_;
    std::uint16_t identifier_;
    UniqueFd socket_;
};

} // namespace netlab
