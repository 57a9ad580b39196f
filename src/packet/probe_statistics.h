#pragma once

#include "base/duration.h"

#include <cstdint>
#include <vector>

namespace netlab {

struct ProbeArrival {
    std::uint32_t sequence = 0; ///< numbered from 0 as they were sent
    Duration delay{};
    bool damaged = false; ///< then the delay is not known
};

/// What came of the probes in one direction.
struct ProbeStatistics {
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;    ///< each counted once
    std::uint64_t duplicates = 0; ///< came once more
    std::uint64_t damaged = 0;    ///< of both: came with a bit turned over
    std::uint64_t lost = 0;
    std::uint64_t bursts = 0;     ///< of loss: as many gaps in the numbers
    std::uint64_t overtaking = 0; ///< of `arrived`: came before one that was sent earlier
    std::uint64_t timed = 0;      ///< of `arrived`: the delay is known
    // Of the delays. All 0 if none is known.
    Duration median{};
    Duration low{};  ///< 16 % are below
    Duration high{}; ///< 84 % are below
    Duration p99{};
    Duration deviation{}; ///< standard deviation
};

/// `arrivals` in the order in which they came, duplicates among them.
ProbeStatistics summarise(std::uint64_t sent, const std::vector<ProbeArrival>& arrivals);

/// A share and how sure it is.
struct ShareInterval {
    double low = 0;
    double high = 1;

    bool holds(double share) const { return low <= share && share <= high; }
};

/// How many standard deviations of the normal distribution 95 %, and 99.9 %, are within.
inline constexpr double for_95_percent = 1.960;
inline constexpr double for_999_per_mille = 3.291;

/// Where the true share is if `count` of `of` were seen (E. B. Wilson, Probable inference, 1927).
/// `bunching` is by how much more the count varies than if each were by itself: see
/// bunching_of_bursts.
ShareInterval share_interval(std::uint64_t count, std::uint64_t of, double deviations,
                             double bunching = 1);

/// By how much more losses vary that come in the bursts of a Gilbert-Elliott chain: successive
/// frames are correlated by 1 - p - r.
double bunching_of_bursts(double p, double r);

} // namespace netlab
