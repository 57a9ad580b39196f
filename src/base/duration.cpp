#include "base/duration.h"

#include "base/quantity.h"

#include <array>

namespace netlab {

namespace {

constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

} // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const auto amount = parse_quantity(text, units);
    return amount ? std::optional{Duration{*amount}} : std::nullopt;
}

std::string to_string(Duration duration) {
    if (duration.count() < 0) {
        return "-" + to_string(-duration);
    }
    return duration.count() == 0 ? "0s" : spell_quantity(duration.count(), units);
}

} // namespace netlab
