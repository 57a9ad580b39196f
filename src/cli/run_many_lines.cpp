#include "cli/run_many_lines.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t longest_line = 64UL << 10U;
constexpr char escape = '\x1b';

/// The length of the colour sequence that `text` begins with, 0 if it does not.
std::size_t colour_length(std::string_view text) {
    if (text.size() < 3 || text[0] != escape || text[1] != '[') {
        return 0;
    }
    const auto end = text.find_first_not_of("0123456789;:", 2);
    return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

struct Character {
    std::uint32_t point = 0;
    std::size_t length = 0; ///< in bytes; 0: not UTF-8
};

/// The character that `text` begins with (RFC 3629).
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return {};
    }
    std::uint32_t point = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return {};
        }
        point = (point << 6U) | (byte(i) & 0x3fU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return overlong || surrogate || point > 0x10ffff ? Character{} : Character{point, length};
}

/// Characters beyond ASCII that steer a terminal: C1 controls, line separators, and those that turn
/// the direction.
bool steers(std::uint32_t point) {
    return (point >= 0x80 && point <= 0x9f) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x200e || point == 0x200f || point == 0x061c;
}

/// Appends the first character of `text` and returns its length.
std::size_t append_printable(std::string_view text, std::string& out) {
    const auto [point, length] = first_character(text);
    if (length == 0) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
        return 1;
    }
    if (point == 0x7f || (point < 0x20 && point != '\t')) {
        out += '^';
        out += static_cast<char>(point ^ 0x40U);
    } else if (steers(point)) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
    } else {
        out += text.substr(0, length);
    }
    return length;
}

} // namespace

std::string printable_line(std::string_view line) {
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
    }
    std::string out;
    bool coloured = false;
    while (!line.empty()) {
        auto length = colour_length(line);
        if (length > 0) {
            coloured = true;
            out += line.substr(0, length);
        } else {
            length = append_printable(line, out);
        }
        line.remove_prefix(length);
    }
    return coloured ? out + "\x1b[0m" : out;
}

void PrefixedLines::give_out(std::string_view line, std::string& out) const {
    out += prefix_;
    if (printable_) {
        out += printable_line(line);
    } else {
        out += line;
    }
    out += '\n';
}

void PrefixedLines::add(std::string_view bytes, std::string& out) {
    while (!bytes.empty()) {
        const auto newline = bytes.find('\n');
        const auto line_end = std::min(newline, bytes.size());
        const auto taken = std::min(line_end, longest_line - begun_.size());
        const bool whole = newline != std::string_view::npos && taken == newline;
        begun_ += bytes.substr(0, taken);
        bytes.remove_prefix(taken + (whole ? 1 : 0));
        if (whole || (begun_.size() == longest_line && !bytes.empty())) {
            give_out(begun_, out);
            begun_.clear();
        }
    }
}

void PrefixedLines::finish(std::string& out) {
    if (!begun_.empty()) {
        give_out(begun_, out);
        begun_.clear();
    }
}

} // namespace netlab
