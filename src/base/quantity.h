#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace netlab {

/// A unit and how many of the smallest it is.
struct Unit {
    std::string_view name;
    std::int64_t size;
};

/// A number and its unit, nothing between (`1.5s`), counted in the smallest unit. nullopt if
/// malformed, negative, finer than the smallest unit, or too large for the type.
std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units);

/// The shortest exact spelling that `parse_quantity` reads back, of an amount above 0. `units` fall
/// in size to the smallest, whose size is 1.
std::string spell_quantity(std::int64_t amount, std::span<const Unit> units);

} // namespace netlab
