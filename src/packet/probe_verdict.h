#pragma once

#include "base/impairment.h"
#include "packet/probe.h"

#include <optional>

namespace netlab {

/// What probes meet on a link that does what was asked. nullopt: nothing can be foretold.
struct ProbeExpectation {
    std::optional<Duration> delay;  ///< the median; the time on the line is part of it
    Duration line{};                ///< of that: how long a probe is on the line
    std::optional<Duration> spread; ///< half of what 68 % of the delays are within
    std::optional<double> loss;
    std::optional<double> burst; ///< mean length of bursts of loss
    std::optional<double> duplicate;
    std::optional<double> corrupt;
    std::optional<double> reorder;
    std::optional<double> rate; ///< bits per second
};

ProbeExpectation expect_of_probes(const Impairment& asked);

/// Jitter in the sense of the property `jitter`, whatever the distribution: what was asked if the
/// delays spread as they should. Without jitter asked: the standard deviation.
Duration measured_jitter(const Impairment& asked, const ProbeStatistics& seen);

/// Bits per second on the line. With the kernel's netem loss comes before the line, with netlab's
/// own wire behind it.
double measured_rate(const FloodCount& flood, const ProbeStatistics& seen, bool user_engine);

/// Whether what was measured is what was asked, as far as so many probes can tell. nullopt: they
/// cannot.
struct ProbeVerdict {
    std::optional<bool> delay;
    std::optional<bool> jitter;
    std::optional<bool> loss;
    std::optional<bool> duplicate;
    std::optional<bool> corrupt;
    std::optional<bool> reorder;
    std::optional<bool> rate;
};

ProbeVerdict judge_probes(const Impairment& asked, const ProbeStatistics& seen);

/// Of a flood. Within 2 % of the rate; nullopt if the flood itself was no faster all the time.
std::optional<bool> judge_rate(const Impairment& asked, const ProbeStatistics& seen,
                               const FloodCount& flood, bool user_engine);

} // namespace netlab
