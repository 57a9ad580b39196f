#pragma once

#include "base/impairment.h"

#include <array>
#include <cstdint>

namespace netlab {

/// xoshiro256** (D. Blackman, S. Vigna, 2018): small, and the same numbers on every machine, which
/// the distributions of <random> do not promise.
class Random {
public:
    explicit Random(std::uint64_t seed);

    std::uint64_t next();
    /// The better half of the bits.
    std::uint32_t next_32() { return static_cast<std::uint32_t>(next() >> 32); }
    /// From 0 to `end` - 1; `end` is not 0.
    std::uint64_t below(std::uint64_t end);

private:
    std::array<std::uint64_t, 4> state_{};
};

/// A series of choices of one kind, each drawn toward the one before as netem does it
/// (get_crandom, net/sched/sch_netem.c): the same `correlation` means the same with both engines.
class Chance {
public:
    Chance(std::uint64_t seed, Percentage correlation);

    /// From 0 to 2^32 - 1.
    std::uint32_t draw();
    /// With a probability of `share`; draws nothing where that is 0.
    bool hits(Percentage share);
    /// For what follows from a hit; not correlated.
    Random& random() { return random_; }

private:
    Random random_;
    std::uint32_t correlation_;
    std::uint32_t last_;
};

/// Another seed for each `purpose` of one seed.
std::uint64_t seed_for(std::uint64_t seed, std::uint64_t purpose);

} // namespace netlab
