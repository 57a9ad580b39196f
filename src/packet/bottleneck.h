#pragma once

#include "base/impairment.h"
#include "packet/instant.h"
#include "packet/trace_line.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace netlab {

/// Where a link is slower than its sender: a line of a rate or a trace, and before it a queue that
/// drops what finds no room. Knows when each frame leaves at the moment it enters (virtual finish
/// times), so that the pace does not depend on how punctually anybody wakes up.
class Bottleneck {
public:
    /// `connected` is the time 0 of a trace.
    explicit Bottleneck(Instant connected) : connected_(connected) {}

    /// For frames from now on. What has been promised to those before them stands, and while there
    /// is a line they go first.
    void shape(const Impairment& impairment);

    /// When the last bit of a frame of `length` bytes (Ethernet header included) has left; nullopt:
    /// it is dropped.
    std::optional<Instant> enter(Instant now, std::size_t length);

private:
    struct Waiting {
        Instant start;
        std::size_t length;
    };

    bool has_room(Instant now, std::size_t length);

    Instant connected_;
    std::optional<Rate> rate_;
    std::optional<TraceLine> trace_;
    QueueLimit limit_ = default_queue;
    Instant free_{};              ///< when the line has sent all that it was given
    std::deque<Waiting> waiting_; ///< for the line to begin with them; not the one being sent
    std::uint64_t waiting_bytes_ = 0;
};

} // namespace netlab
