#include "base/quantity.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view digits = "0123456789";

std::optional<std::int64_t> size_of(std::string_view name, std::span<const Unit> units) {
    const auto found = std::ranges::find(units, name, &Unit::name);
    return found == units.end() ? std::nullopt : std::optional{found->size};
}

/// `whole` units in the smallest, or nullopt where that does not fit.
std::optional<std::int64_t> whole_part(std::string_view whole, std::int64_t unit) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    for (const char digit : whole) {
        if (value > (most / unit - (digit - '0')) / 10) {
            return std::nullopt;
        }
        value = value * 10 + (digit - '0');
    }
    return value * unit;
}

/// The digits behind the point in the smallest unit, or nullopt where they are finer than that.
/// Horner from the last digit: if the sum is whole, so is each step.
std::optional<std::int64_t> fraction_part(std::string_view fraction, std::int64_t unit) {
    std::int64_t value = 0;
    for (auto at = fraction.size(); at-- > 0;) {
        const auto sum = (fraction[at] - '0') * unit + value;
        if (sum % 10 != 0) {
            return std::nullopt;
        }
        value = sum / 10;
    }
    return value;
}

/// `amount` in a unit, or empty where that takes more than nine decimals.
std::string spelled(std::int64_t amount, const Unit& unit) {
    auto text = fmt::format("{}", amount / unit.size);
    auto rest = amount % unit.size;
    std::string decimals;
    while (rest != 0 && decimals.size() < 9) {
        // Below the size of a unit, 3.6e12 at most: no overflow.
        rest *= 10;
        decimals += static_cast<char>('0' + rest / unit.size);
        rest %= unit.size;
    }
    if (rest != 0) {
        return {};
    }
    return text + (decimals.empty() ? "" : "." + decimals) + std::string{unit.name};
}

} // namespace

std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
    const auto unit_at = text.find_first_not_of("0123456789.");
    if (unit_at == std::string_view::npos || unit_at == 0) {
        return std::nullopt;
    }
    const auto number = text.substr(0, unit_at);
    const auto point = number.find('.');
    const auto whole = number.substr(0, point);
    const auto fraction = point == std::string_view::npos ? "" : number.substr(point + 1);
    const auto unit = size_of(text.substr(unit_at), units);
    const bool malformed = whole.empty() || (point != std::string_view::npos && fraction.empty()) ||
                           fraction.find_first_not_of(digits) != std::string_view::npos;
    if (!unit || malformed) {
        return std::nullopt;
    }
    const auto units_part = whole_part(whole, *unit);
    const auto rest = fraction_part(fraction, *unit);
    if (!units_part || !rest || *units_part > std::numeric_limits<std::int64_t>::max() - *rest) {
        return std::nullopt;
    }
    return *units_part + *rest;
}

std::string spell_quantity(std::int64_t amount, std::span<const Unit> units) {
    std::string best;
    for (const auto& unit : units) {
        if (amount < unit.size) {
            continue;
        }
        auto text = spelled(amount, unit);
        if (!text.empty() && (best.empty() || text.size() < best.size())) {
            best = std::move(text);
        }
    }
    return best;
}

} // namespace netlab
