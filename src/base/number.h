#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace netlab {

/// The number that `text` is; nullopt if anything else is in it (a blank, a plus), or if `Number`
/// does not hold it. `base` is from 2 to 36, its digits without prefix.
template <class Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
    Number number{};
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number, base);
    return error == std::errc{} && end == last ? std::optional{number} : std::nullopt;
}

} // namespace netlab
