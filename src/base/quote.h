#pragma once

#include <string>
#include <string_view>

namespace netlab {

/// Text from outside made safe to print: control characters, escape sequences, bidirectional
/// overrides and bytes that are not UTF-8 become `\x1b`, `\u202e`; more than `limit` characters end
/// in `…`.
std::string printable(std::string_view text, std::size_t limit = 200);

/// The same for a text of several lines, each but the first indented: what a program printed.
std::string printable_lines(std::string_view text);

/// `printable` in single quotes.
std::string quoted(std::string_view text);
// Exact matches, or argument-dependent lookup would prefer std::quoted where <iomanip> is included.
inline std::string quoted(const std::string& text) {
    return quoted(std::string_view{text});
}
inline std::string quoted(const char* text) {
    return quoted(std::string_view{text});
}
inline std::string quoted(std::string& text) {
    return quoted(std::string_view{text});
}

} // namespace netlab
