#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace netlab {

using Duration = std::chrono::nanoseconds;

/// `10ms`, `1.5s`, `200us`, `5ns`, `2m`, `1h`: a number and its unit, nothing between. nullopt if
/// malformed, negative, or too large for the type.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact spelling that `parse_duration` reads back.
std::string to_string(Duration duration);

} // namespace netlab
