#include "packet/probe_statistics.h"

#include <algorithm>
#include <cmath>

namespace netlab {

namespace {

/// The first arrival of each frame, in the order of arrival.
std::vector<ProbeArrival> first_arrivals(std::uint64_t sent,
                                         const std::vector<ProbeArrival>& arrivals) {
    std::vector<bool> seen(sent);
    std::vector<ProbeArrival> firsts;
    firsts.reserve(arrivals.size());
    for (const auto& arrival : arrivals) {
        if (arrival.sequence < sent && !seen[arrival.sequence]) {
            seen[arrival.sequence] = true;
            firsts.push_back(arrival);
        }
    }
    return firsts;
}

std::uint64_t count_gaps(std::uint64_t sent, const std::vector<ProbeArrival>& firsts) {
    std::vector<bool> seen(sent);
    for (const auto& arrival : firsts) {
        seen[arrival.sequence] = true;
    }
    std::uint64_t gaps = 0;
    bool before = true;
    for (const bool now : seen) {
        gaps += before && !now ? 1 : 0;
        before = now;
    }
    return gaps;
}

std::uint64_t count_overtaking(const std::vector<ProbeArrival>& firsts) {
    std::uint64_t count = 0;
    std::uint64_t lowest_later = UINT64_MAX;
    // NOLINTNEXTLINE(modernize-loop-convert): Clang 14 has no reversed ranges with this library
    for (auto arrival = firsts.rbegin(); arrival != firsts.rend(); ++arrival) {
        count += lowest_later < arrival->sequence ? 1 : 0;
        lowest_later = std::min<std::uint64_t>(lowest_later, arrival->sequence);
    }
    return count;
}

void add_delays(ProbeStatistics& to, std::vector<ProbeArrival> firsts) {
    to.timed = firsts.size();
    if (firsts.empty()) {
        return;
    }
    std::ranges::sort(firsts, {}, &ProbeArrival::delay);
    const auto at = [&](double share) {
        const auto last = static_cast<double>(firsts.size() - 1);
        return firsts[static_cast<std::size_t>(std::lround(share * last))].delay;
    };
    to.median = at(0.5);
    to.low = at(0.16);
    to.high = at(0.84);
    to.p99 = at(0.99);
    double sum = 0;
    double squares = 0;
    for (const auto& [sequence, delay, damaged] : firsts) {
        // From the median, or the squares of large delays would eat the small differences.
        const auto off = static_cast<double>((delay - to.median).count());
        sum += off;
        squares += off * off;
    }
    const auto n = static_cast<double>(firsts.size());
    const double variance = squares / n - (sum / n) * (sum / n);
    to.deviation = Duration{std::llround(std::sqrt(std::max(variance, 0.0)))};
}

} // namespace

ProbeStatistics summarise(std::uint64_t sent, const std::vector<ProbeArrival>& arrivals) {
    auto firsts = first_arrivals(sent, arrivals);
    ProbeStatistics all;
    all.sent = sent;
    all.arrived = firsts.size();
    all.duplicates = arrivals.size() - firsts.size();
    all.damaged =
        static_cast<std::uint64_t>(std::ranges::count(arrivals, true, &ProbeArrival::damaged));
    all.lost = sent - all.arrived;
    all.bursts = count_gaps(sent, firsts);
    all.overtaking = count_overtaking(firsts);
    std::erase_if(firsts, [](const ProbeArrival& arrival) { return arrival.damaged; });
    add_delays(all, std::move(firsts));
    return all;
}

ShareInterval share_interval(std::uint64_t count, std::uint64_t of, double deviations,
                             double bunching) {
    if (of == 0) {
        return {};
    }
    const double share = static_cast<double>(count) / static_cast<double>(of);
    const double n = std::max(static_cast<double>(of) / std::max(bunching, 1.0), 1.0);
    const double z2 = deviations * deviations;
    const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half =
        deviations / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // What rounding leaves of the ends of the scale is not to tell "none" from "none".
    return {count == 0 ? 0 : std::max(middle - half, 0.0),
            count == of ? 1 : std::min(middle + half, 1.0)};
}

double bunching_of_bursts(double p, double r) {
    const double correlation = 1 - p - r;
    return correlation >= 1 ? 1 : (1 + correlation) / (1 - correlation);
}

} // namespace netlab
