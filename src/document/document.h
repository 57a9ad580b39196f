#pragma once

#include "base/source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace netlab {

struct Value;
struct Member;

/// A number as a file has it. How it was written is the text under the value's span.
struct Number {
    double value = 0;
    std::optional<std::int64_t> integer; ///< set where it was written as an integer and fits

    bool operator==(const Number&) const = default;
};

using List = std::vector<Value>;

/// The members of an object in file order, keys unique.
struct Map {
    std::vector<Member> members;

    /// The member of that key, or nullptr.
    const Member* find(std::string_view key) const;
};

/// A value of a JSON or YAML file and where it stands.
struct Value {
    Span span;
    std::variant<std::monostate, bool, Number, std::string, List, Map> content;

    bool is_null() const { return std::holds_alternative<std::monostate>(content); }
    const bool* as_bool() const { return std::get_if<bool>(&content); }
    const Number* as_number() const { return std::get_if<Number>(&content); }
    const std::string* as_string() const { return std::get_if<std::string>(&content); }
    const List* as_list() const { return std::get_if<List>(&content); }
    const Map* as_map() const { return std::get_if<Map>(&content); }
};

struct Member {
    std::string key;
    Span key_span;
    Value value;
};

/// What a value is, for a message: `a string`, `a list`, `null`, …
std::string_view describe_type(const Value& value);

/// Roughly the bytes that a value takes with all that is in it.
std::size_t memory_of(const Value& value);

/// A parsed file. `root` is missing where the text is not of its syntax.
struct Document {
    std::optional<Value> root;
};

} // namespace netlab
