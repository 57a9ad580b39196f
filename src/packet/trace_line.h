#pragma once

#include "base/impairment.h"
#include "packet/instant.h"

#include <cstddef>
#include <cstdint>

namespace netlab {

/// A line that carries only when its trace says so: each opportunity takes 1500 bytes of what
/// follows the Ethernet header. Small packets share one; a packet larger than what is left of one
/// goes on into the next. An opportunity that nobody waits for is gone.
class TraceLine {
public:
    /// Nothing is carried before `start`, which is the trace's time 0.
    TraceLine(SharedTrace trace, Instant start);

    const SharedTrace& trace() const { return trace_; }

    /// The opportunities that carry the first and the last byte of a packet.
    struct Carried {
        Instant first;
        Instant last;
    };
    /// Takes the next opportunities from `ready` on for a packet of `bytes`. For packets in their
    /// order: none goes before one that was carried already.
    Carried carry(Instant ready, std::size_t bytes);

private:
    Instant time() const;
    void next();
    void wait_until(Instant ready);

    SharedTrace trace_;
    Instant start_;
    std::int64_t round_ = 0;  ///< how many times the trace has passed
    std::size_t index_ = 0;   ///< the opportunity in it
    std::size_t left_ = 1500; ///< of that opportunity
};

} // namespace netlab
