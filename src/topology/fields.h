#pragma once

#include "base/diagnostic.h"
#include "document/document.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// What every reader of this room reads from and reports to.
struct Input {
    const Source& source;
    const std::filesystem::path& directory; ///< what relative paths start from
    Diagnostics& diagnostics;
    bool uncertain = false; ///< see Topology

    /// What `read` gives. A mistake in it leaves open what the lab looks like.
    template <typename Read>
    auto shaping(Read read) {
        struct Mark {
            Input& input;
            std::size_t before;

            ~Mark() {
                input.uncertain = input.uncertain || input.diagnostics.error_count() != before;
            }
        };
        const Mark mark{*this, diagnostics.error_count()};
        return read();
    }

    /// The text under a span, for values whose spelling matters.
    std::string_view written(Span span) const {
        return source.text().substr(span.begin, span.end - span.begin);
    }
};

/// A value and the place that said it.
template <typename T>
struct Said {
    T value{};
    Span span;
};

/// An object of the file, read key by key. Keys that nobody took are unknown.
class Fields {
public:
    /// `where` completes "unknown key 'x' in …" and must outlive this only in the call of
    /// `refuse_rest`.
    Fields(const Map& map, std::string where, Input& input)
        : map_{map}, where_{std::move(where)}, input_{input} {}

    /// The member of that key, or nullptr; from now on the key is known.
    const Member* take(std::string_view key);
    /// An error for each member that was not taken, with what was probably meant.
    void refuse_rest() const;

    /// Whether an unknown key is probably `key` misspelled: then its absence needs no second error.
    bool has_near(std::string_view key) const;

    const std::string& where() const { return where_; }

private:
    const Map& map_;
    std::string where_;
    Input& input_;
    std::vector<std::string> known_;
};

/// An error: `what` must be `wanted`, not what `value` is.
void refuse_type(const Value& value, std::string_view what, std::string_view wanted, Input& input,
                 std::string hint = {});

/// The value as that type, or an error that names `what` and nothing.
const std::string* want_string(const Value& value, std::string_view what, Input& input);
const List* want_list(const Value& value, std::string_view what, Input& input,
                      std::string hint = {});
const Map* want_map(const Value& value, std::string_view what, Input& input, std::string hint = {});
std::optional<bool> want_bool(const Value& value, std::string_view what, Input& input);
std::optional<std::int64_t> want_integer(const Value& value, std::string_view what,
                                         std::int64_t least, std::int64_t most, Input& input);
/// A string, or a number or boolean as it is written in the file.
std::optional<std::string> want_text(const Value& value, std::string_view what, Input& input);

/// The hint where a boolean is meant and a string such as `no` stands; empty otherwise.
std::string boolean_hint(const Value& value);

} // namespace netlab
