#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace netlab {

/// One character of UTF-8 text. A byte that starts no valid sequence is a character of its own, not
/// `valid`.
struct Utf8Character {
    char32_t code = 0;
    std::size_t length = 1;
    bool valid = true;
};

/// The character at `offset`, which must lie inside `text`. Refuses overlong forms, surrogates and
/// codes above U+10FFFF (RFC 3629).
Utf8Character utf8_at(std::string_view text, std::size_t offset);

/// Appends a code point, which must be a Unicode scalar value.
void append_utf8(std::string& text, char32_t code);

/// The offset of the first byte that is not UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// Terminal columns of a character: 0 (combining), 1 or 2 (East Asian wide, emoji). A small table
/// instead of wcwidth(), which depends on the locale.
int display_width(char32_t code);

} // namespace netlab
