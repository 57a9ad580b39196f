#pragma once

#include "base/impairment.h"
#include "packet/bottleneck.h"
#include "packet/chance.h"
#include "packet/instant.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// What becomes of one frame.
struct Passage {
    enum class Fate : std::uint8_t { arrives, dropped, lost } fate = Fate::arrives;
    Instant departure{}; ///< from the bottleneck
    Instant arrival{};
    bool duplicated = false;                   ///< the copy arrives with it, unharmed
    std::optional<std::size_t> corrupted = {}; ///< the bit that is turned over, from the first of
                                               ///< the Ethernet header
};

/// One direction of a wire, on paper: decides about each frame at the moment it enters, in this
/// order: the bottleneck's queue and line, loss, duplication, corruption, delay. Does nothing
/// itself and asks no clock.
///
/// Frames arrive in the order in which they entered, but for reordering and, where there is no
/// bottleneck, jitter: as in netem, whose rate keeps the order too. Each kind of choice has random
/// numbers of its own, so that with a seed the same frames are lost whatever else is set.
class Direction {
public:
    /// `connected` is the time 0 of a trace; `way` (0 or 1) tells the two directions of a seed
    /// apart.
    Direction(Instant connected, std::uint64_t way);

    /// For frames from now on; a seed begins its series anew. `chance_seed` is for want of one.
    /// Returns what has become of frames that wait for the bottleneck, by their departure.
    std::vector<Bottleneck::Moved> shape(const Impairment& impairment, std::uint64_t chance_seed,
                                         Instant now);
    const Impairment& impairment() const { return impairment_; }

    /// `length` has the Ethernet header. `now` never falls.
    Passage enter(Instant now, std::size_t length);

private:
    bool loses();
    std::optional<std::size_t> corrupts(std::size_t length);
    Instant arrival(Instant departure);
    Duration jittered_delay();
    Chance series(std::uint64_t seed, std::uint64_t kind) const;

    std::uint64_t way_;
    Impairment impairment_;
    Bottleneck bottleneck_;
    Chance loss_;
    Chance duplicate_;
    Chance corrupt_;
    Chance reorder_;
    Chance jitter_;
    bool in_burst_ = false; ///< of Gilbert-Elliott loss
    Instant last_arrival_{};
};

/// Whether frames may pass as the kernel's segments of up to 64 KiB: where nothing is asked that
/// goes by the frame. A delay alone does not: the frames of a segment were sent together.
bool passes_segments(const Impairment& impairment);

} // namespace netlab
