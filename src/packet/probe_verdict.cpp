#include "packet/probe_verdict.h"

#include "base/delay_table.h"
#include "packet/probe_pace.h"

#include <algorithm>
#include <cmath>

namespace netlab {

namespace {

/// Fewer tell nothing of a delay.
constexpr std::uint64_t fewest_probes = 5;

double count_of(Duration duration) {
    return static_cast<double>(duration.count());
}

/// The delay that this share of frames is below.
Duration quantile(const Impairment& asked, double share) {
    const auto& table = delay_table(asked.distribution);
    const auto place =
        static_cast<std::size_t>(std::lround(share * static_cast<double>(table.size() - 1)));
    const double steps = table[place];
    const double moved = count_of(asked.jitter) * steps / delay_table_scale;
    return std::max(asked.delay + Duration{std::llround(moved)}, Duration{});
}

Duration spread_of(const Impairment& asked) {
    return asked.jitter == Duration{} ? Duration{}
                                      : (quantile(asked, 0.84) - quantile(asked, 0.16)) / 2;
}

Duration spread_of(const ProbeStatistics& seen) {
    return (seen.high - seen.low) / 2;
}

std::optional<bool> judge_delay(const ProbeExpectation& expected, const ProbeStatistics& seen) {
    if (!expected.delay || seen.timed < fewest_probes) {
        return std::nullopt;
    }
    const double chance =
        4 * count_of(spread_of(seen)) / std::sqrt(static_cast<double>(seen.timed));
    const double allowed = 500'000 + 0.01 * count_of(*expected.delay) + chance;
    return std::abs(count_of(seen.median - *expected.delay)) <= allowed;
}

std::optional<bool> judge_jitter(const ProbeExpectation& expected, const ProbeStatistics& seen) {
    if (!expected.spread || seen.timed < 4 * fewest_probes) {
        return std::nullopt;
    }
    const double chance =
        4 * count_of(*expected.spread) / std::sqrt(static_cast<double>(seen.timed));
    const double allowed = 300'000 + 0.1 * count_of(*expected.spread) + chance;
    return std::abs(count_of(spread_of(seen) - *expected.spread)) <= allowed;
}

std::optional<bool> judge_share(const std::optional<double>& expected, std::uint64_t count,
                                std::uint64_t of, double bunching = 1) {
    if (!expected || of == 0) {
        return std::nullopt;
    }
    return share_interval(count, of, for_999_per_mille, bunching).holds(*expected);
}

} // namespace

ProbeExpectation expect_of_probes(const Impairment& asked) {
    ProbeExpectation expected;
    const bool jitters = asked.jitter != Duration{};
    expected.line = asked.rate ? asked.rate->time_of(probe_bytes) : Duration{};
    // A trace makes frames wait for its opportunities; correlated choices settle too slowly; what
    // goes without delay and what jitters are not told apart.
    const bool foreseeable = !asked.trace && !(jitters && (asked.correlation || asked.reorder));
    if (foreseeable && asked.reorder < Percentage{Percentage::whole / 3}) {
        expected.delay = expected.line + (jitters ? quantile(asked, 0.5) : asked.delay);
    }
    if (foreseeable && !asked.reorder) {
        expected.spread = spread_of(asked);
    }
    if (!asked.correlation) {
        expected.loss = mean_loss(asked.loss);
        expected.duplicate = asked.duplicate.fraction() * (1 - *expected.loss);
        expected.corrupt = asked.corrupt.fraction();
    }
    if (asked.loss.bursts) {
        expected.burst = 1 / asked.loss.bursts->r.fraction();
    }
    const auto between = probe_pace(asked, std::chrono::seconds{1}).between;
    if (!asked.correlation && asked.reorder && !jitters && asked.delay > 10 * between) {
        expected.reorder = asked.reorder.fraction();
    }
    if (asked.rate) {
        expected.rate = static_cast<double>(asked.rate->bits_per_second());
    }
    return expected;
}

Duration measured_jitter(const Impairment& asked, const ProbeStatistics& seen) {
    const double expected = count_of(spread_of(asked));
    return expected == 0 ? seen.deviation
                         : Duration{std::llround(count_of(asked.jitter) *
                                                 count_of(spread_of(seen)) / expected)};
}

double measured_rate(const FloodCount& flood, const ProbeStatistics& seen, bool user_engine) {
    if (!user_engine || seen.sent == 0) {
        return flood.arrived_rate();
    }
    const double lost = static_cast<double>(seen.lost) / static_cast<double>(seen.sent);
    return flood.distinct_rate() / std::max(1 - lost, 0.01);
}

ProbeVerdict judge_probes(const Impairment& asked, const ProbeStatistics& seen) {
    const auto expected = expect_of_probes(asked);
    ProbeVerdict verdict;
    verdict.delay = judge_delay(expected, seen);
    verdict.jitter = judge_jitter(expected, seen);
    const auto& bursts = asked.loss.bursts;
    const double bunching =
        bursts ? bunching_of_bursts(bursts->p.fraction(), bursts->r.fraction()) : 1;
    verdict.loss = judge_share(expected.loss, seen.lost, seen.sent, bunching);
    verdict.duplicate = judge_share(expected.duplicate, seen.duplicates, seen.arrived);
    verdict.corrupt = judge_share(expected.corrupt, seen.damaged, seen.arrived + seen.duplicates);
    verdict.reorder = judge_share(expected.reorder, seen.overtaking, seen.arrived);
    return verdict;
}

std::optional<bool> judge_rate(const Impairment& asked, const ProbeStatistics& seen,
                               const FloodCount& flood, bool user_engine) {
    constexpr std::uint64_t fewest_frames = 10;
    if (!asked.rate) {
        return std::nullopt;
    }
    const auto wanted = static_cast<double>(asked.rate->bits_per_second());
    const double kept = 1 - mean_loss(asked.loss);
    if (flood.arrived < fewest_frames || flood.offered() * kept < wanted * 1.05) {
        return std::nullopt;
    }
    double allowed = 0.02;
    if (user_engine && asked.loss) {
        const auto within = share_interval(seen.lost, seen.sent, for_95_percent);
        allowed += within.high - within.low;
    }
    const double off = measured_rate(flood, seen, user_engine) / wanted - 1;
    const bool starved = flood.idle * 100 > flood.arriving;
    return off < -allowed && starved ? std::nullopt : std::optional{std::abs(off) <= allowed};
}

} // namespace netlab
