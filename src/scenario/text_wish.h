#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A POSIX extended regular expression (regex(7)), as `grep -E` has them.
class Regex {
public:
    /// Throws std::runtime_error that says what is wrong with it.
    explicit Regex(std::string text);

    /// Whether a part of a line of `text` matches: `^` and `$` are the line's beginning and end.
    bool found_in(std::string_view text) const;
    const std::string& text() const { return text_; }

private:
    struct Compiled;

    std::string text_;
    std::shared_ptr<const Compiled> compiled_;
};

struct TextWish;

/// What stands at a place of a JSON text.
struct JsonWish {
    std::string path; ///< `$.a[0].b`: see json_path.h
    std::shared_ptr<const TextWish> text;
    std::optional<double> least;
    std::optional<double> most;
};

/// What a text has to be. All that is set has to hold.
struct TextWish {
    std::optional<std::string> equals; ///< newlines at the end do not count
    std::vector<std::string> contains;
    std::vector<std::string> lacks;
    std::vector<Regex> matches;
    std::vector<JsonWish> json;

    bool empty() const {
        return !equals && contains.empty() && lacks.empty() && matches.empty() && json.empty();
    }
};

/// Two cells of a row: what was expected, what there was.
struct Mismatch {
    std::string expected;
    std::string actual;
};

/// What of `wish` does not hold of `text`, which is called `what` (`output`).
std::vector<Mismatch> mismatches(const TextWish& wish, std::string_view text,
                                 const std::string& what);

} // namespace netlab
