#pragma once

#include "base/address.h"
#include "base/duration.h"
#include "sys/unique_fd.h"

#include <optional>

namespace netlab {

/// A TCP connection between two network namespaces, filled to see how much passes. One process has
/// both ends: a socket stays in the namespace in which it was made.
class TcpFlow {
public:
    /// Listens at that address in the namespace that the calling thread is in. Throws
    /// std::system_error.
    explicit TcpFlow(const IpAddress& address);

    /// From the namespace that the calling thread is in now: connects, sends for `time` as fast as
    /// it goes, and returns what arrived in bits of payload in a second; the first tenth, while TCP
    /// finds its pace, does not count. nullopt if there was no connection within `time`. Throws
    /// std::system_error.
    std::optional<double> measure(Duration time);

private:
    bool connect(Duration time);

    IpAddress address_;
    UniqueFd listener_;
    UniqueFd sender_;
    UniqueFd receiver_;
};

} // namespace netlab
