#include "document/parsers.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace netlab {

namespace {

constexpr std::string_view decimal_digits = "0123456789";

/// Removes leading decimal digits; how many there were.
std::size_t skip_digits(std::string_view& text) {
    const auto count = std::min(text.find_first_not_of(decimal_digits), text.size());
    text.remove_prefix(count);
    return count;
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` (YAML 1.2.2,
/// section 10.3.2)
bool is_core_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    auto count = skip_digits(text);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        count += skip_digits(text);
    }
    if (count == 0) {
        return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('-') || text.starts_with('+')) {
            text.remove_prefix(1);
        }
        return skip_digits(text) > 0 && text.empty();
    }
    return text.empty();
}

/// `0o17` and `0xff` of the core schema.
std::optional<Number> parse_based(std::string_view text) {
    const int base = text.starts_with("0o") ? 8 : text.starts_with("0x") ? 16 : 0;
    if (base == 0 || text.size() == 2) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + 2, last, value, base);
    if (error != std::errc{} || end != last || text[2] == '-') {
        return std::nullopt;
    }
    return Number{static_cast<double>(value), value};
}

std::optional<Number> parse_special(std::string_view text) {
    const bool negative = text.starts_with('-');
    auto word = text;
    if (negative || text.starts_with('+')) {
        word.remove_prefix(1);
    }
    if (word == ".inf" || word == ".Inf" || word == ".INF") {
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        return Number{negative ? -infinity : infinity, std::nullopt};
    }
    if (text == ".nan" || text == ".NaN" || text == ".NAN") {
        return Number{std::numeric_limits<double>::quiet_NaN(), std::nullopt};
    }
    return std::nullopt;
}

} // namespace

Number parse_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const auto* last = text.data() + text.size();
    Number number;
    std::int64_t integer = 0;
    const auto whole = std::from_chars(text.data(), last, integer);
    if (whole.ec == std::errc{} && whole.ptr == last) {
        number.integer = integer;
    }
    const auto [end, error] = std::from_chars(text.data(), last, number.value);
    const auto exponent = text.find_first_of("eE");
    const bool tiny =
        exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    if (error == std::errc::result_out_of_range && !tiny) {
        // As YAML's .inf: whoever wants a number says what it may be.
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        number.value = text.starts_with('-') ? -infinity : infinity;
    }
    return number;
}

Value core_schema_value(std::string_view text, Span span) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return {span, std::monostate{}};
    }
    if (text == "true" || text == "True" || text == "TRUE") {
        return {span, true};
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        return {span, false};
    }
    if (is_core_number(text)) {
        return {span, parse_number(text)};
    }
    if (const auto number = parse_based(text)) {
        return {span, *number};
    }
    if (const auto number = parse_special(text)) {
        return {span, *number};
    }
    return {span, std::string{text}};
}

} // namespace netlab
