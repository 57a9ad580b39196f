#pragma once

#include "base/impairment.h"
#include "control/link_request.h"
#include "packet/probe_verdict.h"

#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// What was measured of one direction of a link.
struct MeasuredDirection {
    std::string from; ///< `r1:eth1`
    std::string to;
    Properties properties; ///< as they are now
    Impairment asked;      ///< the same
    ProbeStatistics seen;
    ProbeVerdict verdict;
    std::optional<FloodCount> flood; ///< where there is a rate or a trace
    double rate = 0;                 ///< of the flood, in bits per second on the line
};

struct MeasuredLink {
    std::string name;
    std::string engine;
    std::vector<MeasuredDirection> directions;
};

/// False if any direction is not what was asked; nullopt if so little came that nothing can be
/// said.
std::optional<bool> agrees(const MeasuredLink& measured);
std::optional<bool> agrees(const ProbeVerdict& verdict);

/// Properties as `link set` spells them, and the name of a trace.
Impairment to_impairment(const Properties& properties);

/// A table for people: a row for each property of each direction, and remarks.
std::string measured_to_text(const MeasuredLink& measured, bool colour);

} // namespace netlab
