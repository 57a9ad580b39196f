#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace netlab {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array zero_width{
    Range{0x300, 0x36f},    Range{0x483, 0x489},   Range{0x591, 0x5bd},   Range{0x610, 0x61a},
    Range{0x64b, 0x65f},    Range{0x900, 0x902},   Range{0x93c, 0x93c},   Range{0x941, 0x948},
    Range{0xe31, 0xe31},    Range{0xe34, 0xe3a},   Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
    Range{0x200b, 0x200f},  Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
    Range{0xe0100, 0xe01ef}};

constexpr std::array wide{Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2329, 0x232a},
                          Range{0x23e9, 0x23ec},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
                          Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
                          Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
                          Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff},
                          Range{0x20000, 0x3fffd}};

template <std::size_t N>
bool in_table(const std::array<Range, N>& table, char32_t code) {
    return std::any_of(table.begin(), table.end(), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

/// Bytes of the sequence that `lead` starts, or 0 if it cannot start one.
std::size_t sequence_length(std::uint8_t lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

bool is_scalar_of(char32_t code, std::size_t length) {
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    return code >= smallest[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

} // namespace

Utf8Character utf8_at(std::string_view text, std::size_t offset) {
    const auto lead = static_cast<std::uint8_t>(text[offset]);
    const auto length = sequence_length(lead);
    const Utf8Character broken{lead, 1, false};
    if (length == 1) {
        return {lead, 1, true};
    }
    if (length == 0 || length > text.size() - offset) {
        return broken;
    }
    char32_t code = lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[offset + i]);
        if ((byte & 0xc0U) != 0x80) {
            return broken;
        }
        code = code << 6 | (byte & 0x3fU);
    }
    return is_scalar_of(code, length) ? Utf8Character{code, length, true} : broken;
}

void append_utf8(std::string& text, char32_t code) {
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

std::size_t find_invalid_utf8(std::string_view text) {
    for (std::size_t offset = 0; offset < text.size();) {
        const auto character = utf8_at(text, offset);
        if (!character.valid) {
            return offset;
        }
        offset += character.length;
    }
    return std::string_view::npos;
}

int display_width(char32_t code) {
    if (code < 0x300) {
        return 1;
    }
    if (in_table(zero_width, code)) {
        return 0;
    }
    return in_table(wide, code) ? 2 : 1;
}

} // namespace netlab
