#pragma once

#include "scenario/reading.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace netlab {

/// A source of choices that gives the same ones for the same numbers on every machine
/// (splitmix64, S. Vigna).
class Choices {
public:
    explicit Choices(std::uint64_t seed) : state_{seed} {}
    /// No chance at all: each choice is the `number`th, or the last that there is.
    static Choices in_turn(std::uint64_t number);

    /// One of 0 to `count` - 1; `count` is above 0.
    std::uint64_t below(std::uint64_t count);
    /// Choices that depend on these and on `name` alone, not on how many others are made.
    Choices of(std::uint64_t name) const;

private:
    std::uint64_t state_;
    std::optional<std::uint64_t> fixed_;
};

/// The value with its choices made: `{ any: … }` and `{ some: N, of: … }` become what is chosen,
/// `1s..3s` below a key of time a duration. Steps of a `repeat` are left: they are drawn each time.
/// What is no such thing stays, and is complained of by whoever reads it.
Value chosen(const Value& value, Choices& choices, Reading& reading);

/// A duration between two, `1s..3s`, or the text itself.
std::string chosen_duration(const std::string& text, Choices& choices);

/// How many alternatives the largest choice in `value` has.
std::uint64_t most_alternatives(const Value& value, Reading& reading);

} // namespace netlab
