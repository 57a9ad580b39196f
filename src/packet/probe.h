#pragma once

#include "packet/probe_frame.h"
#include "packet/probe_socket.h"
#include "packet/probe_statistics.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace netlab {

/// One end of a link that is measured: the interface of this name in the network namespace where
/// this is made.
struct ProbeEnd {
    ProbeEnd(const std::string& interface, std::uint32_t run, const MacAddress& address)
        : socket(interface, run), mac(address) {}

    ProbeSocket socket;
    MacAddress mac;
};

/// How one direction is probed.
struct ProbePace {
    Duration between{};  ///< two frames
    Duration patience{}; ///< how long the last one is waited for
    bool silent = false; ///< this direction is not probed
};

/// How one direction is filled.
struct FloodPace {
    std::size_t bytes = probe_bytes; ///< of each frame
    Duration line{};                 ///< how long one is on a line of the asked rate
    Duration between{};              ///< two frames: less than `line`
    /// Instead of `between`, where nobody knows the rate: as many frames may be under way.
    std::optional<std::uint64_t> window;
    Duration time{};
    Duration patience{}; ///< how long the last frame is waited for
    Duration quiet{};    ///< when nothing has come for so long, nothing more will
};

struct FloodCount {
    std::size_t bytes = 0; ///< of each frame
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;  ///< duplicates, and frames that found no room here, among them
    std::uint64_t distinct = 0; ///< each counted once
    Duration sending{};         ///< from the first frame sent to the last
    Duration arriving{};        ///< from the first arrival to the last
    Duration idle{};            ///< of `sending`: so late that a line of the asked rate ran dry

    /// Bits per second. 0 if fewer than two came.
    double offered() const;
    double arrived_rate() const;
    double distinct_rate() const;
};

/// Measures between two ends of a link: both[0] to both[1], and back. One thread, bounded memory.
class ProbeRun {
public:
    /// `run`: as the ends were made with.
    ProbeRun(ProbeEnd& a, ProbeEnd& b, std::uint32_t run) : ends_{&a, &b}, run_(run) {}

    /// Lets the bridge of a LAN segment learn where the ends are, lest it send probes to all.
    void greet();
    /// Probes both directions at once for `time`. [0]: from the first end to the second. Throws
    /// std::system_error.
    std::array<ProbeStatistics, 2> probe(const std::array<ProbePace, 2>& paces, Duration time);
    /// Fills the direction that leaves end number `from`. Throws std::system_error.
    FloodCount flood(std::size_t from, const FloodPace& pace);

private:
    ProbeRoute route(std::size_t from) const { return {ends_[from]->mac, ends_[1 - from]->mac}; }

    std::array<ProbeEnd*, 2> ends_;
    std::uint32_t run_;
};

} // namespace netlab
