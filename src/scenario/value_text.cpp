#include "scenario/value_text.h"

#include <cmath>

#include <fmt/format.h>

namespace netlab {

namespace {

std::string number_text(const Number& number) {
    if (number.integer) {
        return fmt::format("{}", *number.integer);
    }
    return std::isfinite(number.value) ? fmt::format("{}", number.value) : "null";
}

/// As deep as a file may nest: see deepest_nesting.
void append(const Value& value, std::string& text) {
    const char* comma = "";
    if (const auto* map = value.as_map()) {
        text += '{';
        for (const auto& member : map->members) {
            text += comma + json_string(member.key) + ":";
            append(member.value, text);
            comma = ",";
        }
        text += '}';
    } else if (const auto* list = value.as_list()) {
        text += '[';
        for (const auto& item : *list) {
            text += comma;
            append(item, text);
            comma = ",";
        }
        text += ']';
    } else if (const auto* string = value.as_string()) {
        text += json_string(*string);
    } else if (const auto* number = value.as_number()) {
        text += number_text(*number);
    } else if (const auto* boolean = value.as_bool()) {
        text += *boolean ? "true" : "false";
    } else {
        text += "null";
    }
}

} // namespace

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20) {
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

std::string to_json(const Value& value) {
    std::string text;
    append(value, text);
    return text;
}

} // namespace netlab
