#pragma once

#include "base/diagnostic.h"
#include "document/document.h"

#include <cstddef>
#include <optional>
#include <stdexcept>

namespace netlab {

/// The place at which text stops being JSON or YAML. Thrown within this room only.
class SyntaxError : public std::runtime_error {
public:
    SyntaxError(Span span, const std::string& message, std::string hint = {})
        : std::runtime_error{message}, span_{span}, hint_{std::move(hint)} {}

    Span span() const { return span_; }
    const std::string& hint() const { return hint_; }

private:
    Span span_;
    std::string hint_;
};

/// A span of this room's size type; sources are far smaller than 4 GiB.
constexpr Span span_of(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

/// RFC 8259 from `start` on (behind a byte order mark). Throws SyntaxError.
Value parse_json(const Source& source, std::size_t start, Diagnostics& diagnostics);

/// YAML 1.2. Throws SyntaxError.
Value parse_yaml(const Source& source, Diagnostics& diagnostics);

/// Drops members whose key came before, with an error that shows both places.
void drop_duplicates(Map& map, Diagnostics& diagnostics);

/// Refuses a string that holds NUL: no name, path or command of the kernel's can.
void refuse_nul(std::string_view text, Span span, Diagnostics& diagnostics);

/// A plain YAML scalar by the 1.2 core schema, or its number by JSON's grammar: both share huge
/// numbers.
Value core_schema_value(std::string_view text, Span span);

/// The number that `text` (an optional sign, digits, fraction, exponent) says; infinity if it is
/// larger than any double.
Number parse_number(std::string_view text);

} // namespace netlab
