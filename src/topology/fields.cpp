#include "topology/fields.h"

#include "base/address.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/known_keys.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

namespace netlab {

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string hint_for_key(std::string_view key, const std::vector<std::string>& known,
                         const std::string& where) {
    if (is_of_a_later_version(key)) {
        return fmt::format("{} is not available in this version of netlab", quoted(key));
    }
    if (key == "<<") {
        return "merge keys are not YAML 1.2; use 'groups' or 'defaults'";
    }
    if (auto word = word_for(key); std::find(known.begin(), known.end(), word) != known.end()) {
        return fmt::format("the word for that is {}", quoted(word));
    }
    if (auto meant = did_you_mean(key, known); !meant.empty()) {
        return meant;
    }
    if (key == "group" && where == "'defaults.node'") {
        return "what all nodes have stands in 'defaults.node' itself";
    }
    if (auto home = home_of_key(key); !home.empty()) {
        return fmt::format("{} belongs {}", quoted(key), home);
    }
    auto sorted = known;
    std::sort(sorted.begin(), sorted.end());
    return fmt::format("{} may have: {}", where, fmt::join(sorted, ", "));
}

/// Whether a lab with this unknown key would probably look otherwise: one that is near to a key of
/// that kind, or has such a value.
bool may_shape(const Member& member, const std::vector<std::string>& known) {
    const auto near = nearest_word(member.key, known);
    if (!near.empty()) {
        return is_one_of(near, {"kind", "group", "loopback", "endpoints", "node", "interface",
                                "ipv4", "ipv6", "mac", "up"});
    }
    const auto* text = member.value.as_string();
    return text != nullptr &&
           (is_one_of(*text, {"host", "router", "switch"}) || parse_address(*text) ||
            parse_interface_address(*text) || parse_mac(*text));
}

bool is_numeric(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

const Member* Fields::take(std::string_view key) {
    known_.emplace_back(key);
    return map_.find(key);
}

void Fields::refuse_rest() const {
    for (const auto& member : map_.members) {
        if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) {
            continue;
        }
        if (input_.diagnostics.full()) { // only counted: no words are looked for that nobody sees
            input_.diagnostics.error(member.key_span, {});
            input_.uncertain = true;
        } else {
            input_.diagnostics.error(
                member.key_span, fmt::format("unknown key {} in {}", quoted(member.key), where_),
                hint_for_key(member.key, known_, where_));
            input_.uncertain = input_.uncertain || may_shape(member, known_);
        }
    }
}

bool Fields::has_near(std::string_view key) const {
    return std::any_of(map_.members.begin(), map_.members.end(), [&](const Member& member) {
        return std::find(known_.begin(), known_.end(), member.key) == known_.end() &&
               !nearest_word(member.key, {std::string{key}}).empty();
    });
}

void refuse_type(const Value& value, std::string_view what, std::string_view wanted, Input& input,
                 std::string hint) {
    input.diagnostics.error(
        value.span, fmt::format("{} must be {}, not {}", what, wanted, describe_type(value)),
        std::move(hint));
}

const std::string* want_string(const Value& value, std::string_view what, Input& input) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        const bool scalar = value.as_number() != nullptr || value.as_bool() != nullptr;
        refuse_type(
            value, what, "a string", input,
            scalar ? fmt::format("put it in quotes: \"{}\"", printable(input.written(value.span)))
                   : "");
    }
    return text;
}

const List* want_list(const Value& value, std::string_view what, Input& input, std::string hint) {
    const auto* list = value.as_list();
    if (list == nullptr) {
        if (hint.empty() && value.as_string() != nullptr) {
            hint = fmt::format("put it in brackets: [{}]", printable(input.written(value.span)));
        }
        refuse_type(value, what, "a list", input, std::move(hint));
    }
    return list;
}

const Map* want_map(const Value& value, std::string_view what, Input& input, std::string hint) {
    const auto* map = value.as_map();
    if (map == nullptr) {
        refuse_type(value, what, "an object", input, std::move(hint));
    }
    return map;
}

std::string boolean_hint(const Value& value) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        return {};
    }
    std::string word = *text;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (is_one_of(word, {"no", "off", "n", "false", "disabled"})) {
        return "write false, without quotes: only true and false are booleans";
    }
    if (is_one_of(word, {"yes", "on", "y", "true", "enabled"})) {
        return "write true, without quotes: only true and false are booleans";
    }
    return {};
}

std::optional<bool> want_bool(const Value& value, std::string_view what, Input& input) {
    if (const auto* boolean = value.as_bool()) {
        return *boolean;
    }
    refuse_type(value, what, "true or false", input, boolean_hint(value));
    return std::nullopt;
}

std::optional<std::int64_t> want_integer(const Value& value, std::string_view what,
                                         std::int64_t least, std::int64_t most, Input& input) {
    const auto* number = value.as_number();
    if (number == nullptr) {
        const auto* text = value.as_string();
        refuse_type(value, what, "a number", input,
                    text != nullptr && is_numeric(*text)
                        ? fmt::format("write {} without quotes", printable(*text, 20))
                        : "");
        return std::nullopt;
    }
    // 1e3 and 1500.0 are whole numbers too, in JSON as in arithmetic.
    const auto value_of = number->integer ? static_cast<double>(*number->integer) : number->value;
    if (!(value_of >= static_cast<double>(least) && value_of <= static_cast<double>(most)) ||
        value_of != std::floor(value_of)) {
        input.diagnostics.error(value.span,
                                fmt::format("{} must be a whole number from {} to {}, not {}", what,
                                            least, most, printable(input.written(value.span), 40)));
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value_of);
}

std::optional<std::string> want_text(const Value& value, std::string_view what, Input& input) {
    if (const auto* text = value.as_string()) {
        return *text;
    }
    if (value.as_number() != nullptr || value.as_bool() != nullptr) {
        return std::string{input.written(value.span)};
    }
    refuse_type(value, what, "a string or a number", input);
    return std::nullopt;
}

} // namespace netlab
