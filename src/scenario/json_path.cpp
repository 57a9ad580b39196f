#include "scenario/json_path.h"

#include "base/number.h"

#include <algorithm>
#include <system_error>

namespace netlab {

namespace {

constexpr std::string_view ends_of_names = ".[] ";

/// `'name'` or `"name"`, without its quotes.
std::optional<std::string> unquote(std::string_view text) {
    const bool is_quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                           text.back() == text.front();
    return is_quoted ? std::optional{std::string{text.substr(1, text.size() - 2)}} : std::nullopt;
}

void add_all(const Value& value, std::vector<const Value*>& found) {
    if (const auto* map = value.as_map()) {
        for (const auto& member : map->members) {
            found.push_back(&member.value);
        }
    } else if (const auto* list = value.as_list()) {
        for (const auto& item : *list) {
            found.push_back(&item);
        }
    }
}

void add_named(const Value& value, const std::string& name, std::vector<const Value*>& found) {
    const auto* map = value.as_map();
    const auto* member = map == nullptr ? nullptr : map->find(name);
    if (member != nullptr) {
        found.push_back(&member->value);
    }
}

void add_numbered(const Value& value, std::int64_t number, std::vector<const Value*>& found) {
    const auto* list = value.as_list();
    const auto size = list == nullptr ? 0 : static_cast<std::int64_t>(list->size());
    const auto at = number < 0 ? number + size : number;
    if (at >= 0 && at < size) {
        found.push_back(&(*list)[static_cast<std::size_t>(at)]);
    }
}

} // namespace

std::optional<JsonPath::Part> JsonPath::take_part(std::string_view& text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) {
            return std::nullopt;
        }
        const auto inner = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
        if (inner == "*") {
            return Part{Any{}};
        }
        if (auto name = unquote(inner)) {
            return Part{std::move(*name)};
        }
        const auto number = to_number<std::int64_t>(inner);
        return number ? std::optional{Part{*number}} : std::nullopt;
    }
    text.remove_prefix(text.starts_with('.') ? 1 : 0);
    const std::string name{
        text.substr(0, std::min(text.find_first_of(ends_of_names), text.size()))};
    text.remove_prefix(name.size());
    if (name.empty()) {
        return std::nullopt;
    }
    return name == "*" ? Part{Any{}} : Part{name};
}

std::optional<JsonPath> JsonPath::parse(std::string_view text) {
    JsonPath path;
    bool may_begin_bare = true; // `a.b`, as well as `$.a.b`
    if (text.starts_with('$')) {
        text.remove_prefix(1);
        may_begin_bare = false;
    }
    while (!text.empty()) {
        if (!may_begin_bare && text.front() != '.' && text.front() != '[') {
            return std::nullopt;
        }
        may_begin_bare = false;
        auto part = take_part(text);
        if (!part) {
            return std::nullopt;
        }
        path.parts_.push_back(std::move(*part));
    }
    return path;
}

std::vector<const Value*> JsonPath::find(const Value& root) const {
    std::vector<const Value*> found{&root};
    for (const auto& part : parts_) {
        std::vector<const Value*> next;
        for (const auto* value : found) {
            if (const auto* name = std::get_if<std::string>(&part)) {
                add_named(*value, *name, next);
            } else if (const auto* number = std::get_if<std::int64_t>(&part)) {
                add_numbered(*value, *number, next);
            } else {
                add_all(*value, next);
            }
        }
        found = std::move(next);
    }
    return found;
}

} // namespace netlab
