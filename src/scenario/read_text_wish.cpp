#include "base/quote.h"
#include "scenario/json_path.h"
#include "scenario/step_readers.h"

#include <stdexcept>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr auto wish_form = R"({ "contains": "true" }; or equals, lacks, matches, json)";

std::vector<Regex> read_expressions(const Member& member, Reading& reading) {
    std::vector<Regex> expressions;
    for (auto& text : read_texts(member.value, "'matches'", reading)) {
        try {
            expressions.emplace_back(std::move(text));
        } catch (const std::runtime_error& error) {
            reading.diagnostics().error(
                member.value.span,
                fmt::format("this is not a regular expression: {}", error.what()),
                "a POSIX extended one, as grep -E has them");
        }
    }
    return expressions;
}

std::optional<double> read_bound(const Member* member, Reading& reading) {
    const auto* number = member == nullptr ? nullptr : member->value.as_number();
    if (member != nullptr && number == nullptr) {
        refuse_type(member->value, quoted(member->key), "a number", reading.input);
    }
    return number == nullptr ? std::nullopt : std::optional{number->value};
}

void read_json_wish(const Value& value, TextWish& wish, Reading& reading) {
    const auto* map =
        want_map(value, "'json'", reading.input, R"({ "path": "$.leader", "equals": "n1" })");
    if (map == nullptr) {
        return;
    }
    Keys keys{*map, "'json'", reading};
    JsonWish json;
    const auto* path = keys.need("path", value.span, R"("path": "$.leader")");
    const auto* text =
        path == nullptr ? nullptr : want_string(path->value, "'path'", reading.input);
    if (text != nullptr && !JsonPath::parse(*text)) {
        reading.diagnostics().error(path->value.span,
                                    fmt::format("{} is not a JSON path", quoted(*text)),
                                    "for example $.members[0].name or $[*].id");
    } else if (text != nullptr) {
        json.path = *text;
    }
    json.least = read_bound(keys.take("at_least"), reading);
    json.most = read_bound(keys.take("at_most"), reading);
    TextWish inner;
    if (const auto* equals = keys.take("equals")) {
        inner.equals = want_text(equals->value, "'equals'", reading.input);
    }
    if (const auto* contains = keys.take("contains")) {
        inner.contains = read_texts(contains->value, "'contains'", reading);
    }
    if (const auto* lacks = keys.take("lacks")) {
        inner.lacks = read_texts(lacks->value, "'lacks'", reading);
    }
    if (const auto* matches = keys.take("matches")) {
        inner.matches = read_expressions(*matches, reading);
    }
    keys.refuse_rest();
    json.text = std::make_shared<const TextWish>(std::move(inner));
    wish.json.push_back(std::move(json));
}

} // namespace

TextWish read_text_wish(const Value& value, std::string_view what, Reading& reading) {
    TextWish wish;
    const auto* map = want_map(value, what, reading.input, wish_form);
    if (map == nullptr) {
        return wish;
    }
    Keys keys{*map, std::string{what}, reading};
    if (const auto* equals = keys.take("equals")) {
        wish.equals = want_text(equals->value, "'equals'", reading.input);
    }
    if (const auto* contains = keys.take("contains")) {
        wish.contains = read_texts(contains->value, "'contains'", reading);
    }
    if (const auto* lacks = keys.take("lacks")) {
        wish.lacks = read_texts(lacks->value, "'lacks'", reading);
    }
    if (const auto* matches = keys.take("matches")) {
        wish.matches = read_expressions(*matches, reading);
    }
    if (const auto* json = keys.take("json")) {
        const auto* list = json->value.as_list();
        const List single{list == nullptr ? List{json->value} : List{}};
        for (const auto& item : list == nullptr ? single : *list) {
            read_json_wish(item, wish, reading);
        }
    }
    if (map->members.empty()) {
        reading.diagnostics().error(value.span, fmt::format("{} says nothing", what), wish_form);
    }
    keys.refuse_rest();
    return wish;
}

} // namespace netlab
