#include "scenario/parameters.h"

#include "base/nearest_word.h"
#include "base/number.h"
#include "base/quote.h"
#include "scenario/value_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

std::vector<std::string> names_of(const std::map<std::string, Value>& values) {
    std::vector<std::string> names;
    for (const auto& [name, value] : values) {
        names.push_back(name);
    }
    return names;
}

bool is_parameter_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

std::string text_of_parameter(const Value& value) {
    const auto* text = value.as_string();
    return text == nullptr ? to_json(value) : *text;
}

/// A place where a parameter is named: `{{name}}`.
struct Placeholder {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string name;
};

/// The first in `text` from `at` on. What is no name in braces is none: templates of other programs
/// have them, too.
std::optional<Placeholder> next_placeholder(const std::string& text, std::size_t at) {
    for (at = text.find("{{", at); at != std::string::npos; at = text.find("{{", at + 1)) {
        const auto close = text.find("}}", at);
        if (close == std::string::npos) {
            return std::nullopt;
        }
        auto name = text.substr(at + 2, close - at - 2);
        if (is_parameter_name(name)) {
            return Placeholder{at, close + 2, std::move(name)};
        }
    }
    return std::nullopt;
}

} // namespace

Parameters::Parameters(const Member* member, const ParameterTexts& given, Reading& reading) {
    const auto* map = member == nullptr ? nullptr
                                        : want_map(member->value, "'parameters'", reading.input,
                                                   R"({ "blackout": "30s" })");
    for (const auto& [name, name_span, value] :
         map == nullptr ? std::vector<Member>{} : map->members) {
        if (!is_parameter_name(name)) {
            reading.diagnostics().error(name_span,
                                        fmt::format("{} cannot be a parameter", quoted(name)),
                                        "small letters, digits, '_' and '-'");
        } else if (value.as_map() != nullptr || value.as_list() != nullptr || value.is_null()) {
            refuse_type(value, "a parameter", "a string, a number or a boolean", reading.input);
        } else {
            values_.emplace(name, value);
        }
    }
    for (const auto& [name, text] : given) {
        give(name, text);
    }
}

void Parameters::give(const std::string& name, const std::string& text) {
    const auto found = values_.find(name);
    if (found == values_.end()) {
        const auto meant = did_you_mean(name, names_of(values_));
        throw InputError{"the scenario has no parameter " + quoted(name),
                         !meant.empty()    ? meant
                         : values_.empty() ? "it has none"
                                           : "it has: " + first_words(names_of(values_))};
    }
    auto& value = found->second.content;
    if (std::holds_alternative<Number>(value)) {
        const auto number = to_number<std::int64_t>(text);
        if (!number) {
            throw InputError{"the parameter " + quoted(name) + " is a whole number, not " +
                             quoted(text)};
        }
        value = Number{static_cast<double>(*number), *number};
    } else if (std::holds_alternative<bool>(value)) {
        if (text != "true" && text != "false") {
            throw InputError{"the parameter " + quoted(name) + " is true or false, not " +
                             quoted(text)};
        }
        value = text == "true";
    } else {
        value = text;
    }
}

std::string Parameters::replaced(const std::string& text, Span span, Reading& reading) const {
    std::string made;
    std::size_t at = 0;
    while (const auto place = next_placeholder(text, at)) {
        made += text.substr(at, place->begin - at);
        const auto found = values_.find(place->name);
        if (found == values_.end()) {
            auto hint = did_you_mean(place->name, names_of(values_));
            reading.diagnostics().last_error(
                span, fmt::format("there is no parameter {}", quoted(place->name)),
                hint.empty() ? R"(they stand at the top: "parameters": { "blackout": "30s" })"
                             : std::move(hint));
        } else {
            made += text_of_parameter(found->second);
        }
        at = place->end;
    }
    return made + text.substr(at);
}

void Parameters::replace_in(Value& value, Reading& reading) const {
    if (auto* map = std::get_if<Map>(&value.content)) {
        for (auto& member : map->members) {
            replace_in(member.value, reading);
        }
    } else if (auto* list = std::get_if<List>(&value.content)) {
        for (auto& item : *list) {
            replace_in(item, reading);
        }
    } else if (const auto* text = value.as_string()) {
        const auto place = next_placeholder(*text, 0);
        const auto found = place && place->begin == 0 && place->end == text->size()
                               ? values_.find(place->name)
                               : values_.end();
        if (found != values_.end()) {
            value.content = decltype(value.content){found->second.content};
        } else if (place) {
            value.content = replaced(*text, value.span, reading);
        }
    }
}

} // namespace netlab
