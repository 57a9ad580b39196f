#include "base/quote.h"

#include "base/utf8.h"

#include <fmt/format.h>

namespace netlab {

namespace {

/// Controls, and characters that change how their neighbours are shown (bidirectional marks, line
/// separators).
bool is_unprintable(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||
           (code >= 0xe0000 && code <= 0xe007f);
}

void append_printable(std::string& out, const Utf8Character& character, std::string_view bytes) {
    if (!character.valid) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned>(character.code));
    } else if (!is_unprintable(character.code)) {
        out += bytes;
    } else if (character.code == '\n') {
        out += "\\n";
    } else if (character.code == '\t') {
        out += "\\t";
    } else if (character.code < 0x100) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned>(character.code));
    } else {
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(character.code));
    }
}

} // namespace

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    std::size_t characters = 0;
    for (std::size_t offset = 0; offset < text.size(); ++characters) {
        if (characters == limit) {
            return out + "…";
        }
        const auto character = utf8_at(text, offset);
        append_printable(out, character, text.substr(offset, character.length));
        offset += character.length;
    }
    return out;
}

std::string printable_lines(std::string_view text) {
    constexpr std::size_t longest_line = 300;
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out += (out.empty() ? "" : "\n  ") + printable(text.substr(0, end), longest_line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest_name = 80;
    return "'" + printable(text, longest_name) + "'";
}

} // namespace netlab
