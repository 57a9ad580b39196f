#pragma once

#include "sys/unique_fd.h"
#include "trial/instant.h"

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace netlab {

using Event = nlohmann::ordered_json;

/// A run's record: events.jsonl, an event a line, each written at once.
class EventLog {
public:
    /// Makes the file. Throws std::system_error.
    explicit EventLog(const std::filesystem::path& file);

    /// From now on times are counted from here.
    void set_origin(Instant origin) { origin_ = origin; }
    /// Seconds since the origin; 0 before there is one.
    double seconds(Instant when) const;

    /// Adds `at` (since the origin, once there is one), `monotonic` (CLOCK_MONOTONIC) and `time`
    /// (UTC), and writes it. Throws std::system_error.
    void write(Event event, Instant when = TrialClock::now());

private:
    UniqueFd file_;
    std::optional<Instant> origin_;
};

/// `2026-11-29T15:04:05.123456Z`
std::string utc_text(std::chrono::system_clock::time_point when);

} // namespace netlab
