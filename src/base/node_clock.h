#pragma once

#include "base/duration.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netlab {

/// How a node's clocks differ from the host's.
struct NodeClock {
    Duration offset{};      ///< of the wall clock (CLOCK_REALTIME): how far it is ahead
    std::int64_t drift = 0; ///< what it gains, in parts in a thousand million
    Duration monotonic{};   ///< how far CLOCK_MONOTONIC is ahead
    Duration boot{};        ///< how far CLOCK_BOOTTIME is ahead

    /// Whether programs see another wall clock than the host's.
    bool is_moved() const { return offset.count() != 0 || drift != 0; }
    /// Whether it takes a time namespace.
    bool is_shifted() const { return monotonic.count() != 0 || boot.count() != 0; }
    bool operator==(const NodeClock&) const = default;
};

/// Half as fast, half as fast again.
inline constexpr std::int64_t most_drift = 500'000'000;

/// Fifty years: no clock of a node is further away from the host's.
inline constexpr Duration most_offset = std::chrono::hours{24 * 18262};

/// What a node's own wall clock takes of its file system: a directory, and the list of libraries
/// that ld.so(8) puts into every program.
inline constexpr std::array<std::string_view, 2> wall_clock_places{"/run/netlab/clock",
                                                                   "/etc/ld.so.preload"};

/// A duration with or without a sign: `+500ms`, `-2s`, `1h`. nullopt as of parse_duration.
std::optional<Duration> parse_signed_duration(std::string_view text);
/// `200ppm`, `-50ppm`, `+3ppb`, `0.5ppm`. nullopt if it is none, or more than most_drift.
std::optional<std::int64_t> parse_drift(std::string_view text);

/// The spellings that these read back: `+500ms`, `-2s`, `0s`; `+200ppm`, `-50ppm`, `0ppm`.
std::string spell_signed(Duration duration);
std::string spell_drift(std::int64_t drift);

} // namespace netlab
