#include "scenario/ramp_values.h"

#include "base/duration.h"
#include "base/impairment.h"

#include <cmath>

namespace netlab {

namespace {

std::int64_t way(double from, double to, double share) {
    return std::llround(from + (to - from) * share);
}

} // namespace

std::optional<std::string> between(const std::string& from, const std::string& to, double share) {
    if (share <= 0 || share >= 1) { // as it is written
        return share <= 0 ? from : to;
    }
    if (const auto a = parse_duration(from), b = parse_duration(to); a && b) {
        const auto nanoseconds =
            way(static_cast<double>(a->count()), static_cast<double>(b->count()), share);
        return to_string(Duration{nanoseconds / 1000 * 1000});
    }
    if (const auto a = parse_percentage(from), b = parse_percentage(to); a && b) {
        const auto amount = way(a->hundred_millionths(), b->hundred_millionths(), share);
        return to_string(Percentage{static_cast<std::uint32_t>(amount)});
    }
    if (const auto a = parse_rate(from), b = parse_rate(to); a && b) {
        const auto bits = way(static_cast<double>(a->bits_per_second()),
                              static_cast<double>(b->bits_per_second()), share);
        return to_string(Rate{static_cast<std::uint64_t>(bits)});
    }
    return std::nullopt;
}

} // namespace netlab
