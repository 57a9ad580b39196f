#include "base/node_clock.h"

#include "base/quantity.h"

#include <array>
#include <cstdlib>

namespace netlab {

namespace {

constexpr std::array<Unit, 2> drift_units{{{"ppm", 1000}, {"ppb", 1}}};

/// Takes a sign away; -1 or 1.
int take_sign(std::string_view& text) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return minus ? -1 : 1;
}

} // namespace

std::optional<Duration> parse_signed_duration(std::string_view text) {
    const int sign = take_sign(text);
    const auto duration = parse_duration(text);
    return duration ? std::optional{sign * *duration} : std::nullopt;
}

std::optional<std::int64_t> parse_drift(std::string_view text) {
    const int sign = take_sign(text);
    const auto drift = parse_quantity(text, drift_units);
    return drift && *drift <= most_drift ? std::optional{sign * *drift} : std::nullopt;
}

std::string spell_signed(Duration duration) {
    return (duration.count() > 0 ? "+" : "") + to_string(duration);
}

std::string spell_drift(std::int64_t drift) {
    return drift == 0 ? "0ppm"
                      : (drift < 0 ? "-" : "+") + spell_quantity(std::abs(drift), drift_units);
}

} // namespace netlab
