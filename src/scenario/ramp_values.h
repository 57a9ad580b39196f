#pragma once

#include <optional>
#include <string>

namespace netlab {

/// The value that is `share` (0 to 1) of the way from one property of a link to another: of two
/// durations (to the microsecond), percentages or rates. nullopt if they are no such two.
std::optional<std::string> between(const std::string& from, const std::string& to, double share);

} // namespace netlab
