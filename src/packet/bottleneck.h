#pragma once

#include "base/impairment.h"
#include "packet/instant.h"
#include "packet/trace_line.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace netlab {

/// Where a link is slower than its sender: a line of a rate or a trace, and before it a queue that
/// drops what finds no room. Knows when each frame leaves at the moment it enters (virtual finish
/// times), so that the pace does not depend on how punctually anybody wakes up.
class Bottleneck {
public:
    /// `connected` is the time 0 of a trace.
    explicit Bottleneck(Instant connected) : connected_(connected) {}

    /// A frame that was to leave at one time and leaves at another now.
    struct Moved {
        Instant from;
        Instant to;
    };

    /// From now on, for the rest of the frame that is being sent and those that wait too: returns
    /// them in their order, if the line is another.
    std::vector<Moved> shape(const Impairment& impairment, Instant now);

    /// When the last bit of a frame of `length` bytes (Ethernet header included) has left; nullopt:
    /// it is dropped.
    std::optional<Instant> enter(Instant now, std::size_t length);

private:
    struct Waiting {
        Instant start;
        Instant end;
        std::size_t length;
    };

    bool has_room(Instant now, std::size_t length);
    void let_go(Instant now);
    TraceLine::Carried carry(Instant ready, std::size_t length);
    Instant end_of_sending(Instant now, std::optional<Rate> old) const;

    Instant connected_;
    std::optional<Rate> rate_;
    std::optional<TraceLine> trace_;
    QueueLimit limit_ = default_queue;
    Instant free_{};              ///< when the line has sent all that it was given
    std::deque<Waiting> waiting_; ///< for the line to begin with them; not the one being sent
    std::uint64_t waiting_bytes_ = 0;
};

} // namespace netlab
