#pragma once

#include "packet/ping_socket.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace netlab {

/// A node that pings: its sockets of both families.
class PingSender {
public:
    /// Opens them in the calling thread's network namespace; the thread may leave it. A kernel or a
    /// node without IPv6 has the other family only. Needs CAP_NET_RAW there. Throws
    /// std::system_error.
    PingSender();

    const std::optional<PingSocket>& socket(Family family) const {
        return family == Family::ipv4 ? ipv4_ : ipv6_;
    }

private:
    std::optional<PingSocket> ipv4_;
    std::optional<PingSocket> ipv6_;
};

/// One question: does `to` answer when this sender asks?
struct PingRequest {
    std::size_t sender = 0; ///< its index among the senders
    IpAddress to;
};

struct PingOutcome {
    std::optional<Duration> time{}; ///< there and back, of the first answer; none: no answer
    unsigned tries = 0;             ///< requests sent
    /// The kernel had no room for another neighbour, or in a queue: later it may have.
    bool crowded = false;
    /// Why there is no answer, as far as anybody said: `no route`, `10.0.1.2 says: no route to
    /// host`; else `no answer`. Empty with an answer.
    std::string trouble{};
};

struct PingPace {
    unsigned tries = 3;                          ///< requests to each, at most
    Duration patience = std::chrono::seconds{1}; ///< for answers, after each round of requests
    bool stop_when_crowded = false;              ///< then the other requests are not asked any more
};

/// For what is too much at once: so many requests at a time, and what makes room for each turn. One
/// turn does not wait for `patience` if somebody does not answer, but for as long as answers take.
struct PingTurns {
    std::size_t size = std::numeric_limits<std::size_t>::max();
    std::function<void()> make_room = [] {};
};

/// Whether each of the requests is answered, all of them asked at once: who does not answer is
/// asked again, with all the others that have not. Takes `tries` times `patience` if somebody never
/// answers, and no longer than the answers take if all do. One thread, bounded memory, a number of
/// requests under way that no socket's buffer is too small for. Throws std::system_error.
std::vector<PingOutcome> ping(std::span<const PingSender> senders,
                              const std::vector<PingRequest>& requests, const PingPace& pace = {},
                              const PingTurns& turns = {});

} // namespace netlab
