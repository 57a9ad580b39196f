#include "lessons/expectation.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <span>

namespace netlab {

namespace {

/// Tables are as wide as what is in them: blanks count as one.
std::string with_single_blanks(const std::string& line) {
    static const std::regex blanks{R"(\s+)"};
    auto text = std::regex_replace(line, blanks, " ");
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::vector<std::string> normal(const std::vector<std::string>& lines) {
    std::vector<std::string> result;
    std::ranges::transform(lines, std::back_inserter(result), with_single_blanks);
    std::erase(result, "");
    return result;
}

std::string escaped(const std::string& text) {
    static const std::regex special{R"([.^$|()\[\]{}*+?\\])"};
    return std::regex_replace(text, special, R"(\$&)");
}

/// A line of a page as a regular expression, and the new names in it in order.
struct Pattern {
    std::string expression;
    std::vector<std::string> new_names;

    Pattern(const std::string& line, const Names& names) {
        static const std::regex wildcard{R"(<(\.\.\.|[a-z][a-z0-9 ]*)>)"};
        auto rest = line;
        for (std::smatch found; std::regex_search(rest, found, wildcard);) {
            expression += escaped(found.prefix()) + stand_in(found[1], names);
            rest = found.suffix();
        }
        expression += escaped(rest);
    }

private:
    std::string stand_in(const std::string& name, const Names& names) {
        if (name == "...") {
            return ".*";
        }
        if (const auto known = names.find(name); known != names.end()) {
            return escaped(known->second);
        }
        if (const auto here = std::ranges::find(new_names, name); here != new_names.end()) {
            return "\\" + std::to_string(here - new_names.begin() + 1);
        }
        new_names.push_back(name);
        return "(\\S+)";
    }
};

std::optional<Names> match_line(const std::string& expected, const std::string& line, Names names) {
    const Pattern pattern{expected, names};
    std::smatch found;
    if (!std::regex_match(line, found, std::regex{pattern.expression})) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < pattern.new_names.size(); ++i) {
        const std::string text = found[i + 1];
        if (std::ranges::any_of(names, [&](const auto& known) { return known.second == text; })) {
            return std::nullopt;
        }
        names[pattern.new_names[i]] = text;
    }
    return names;
}

using Lines = std::span<const std::string>;

std::optional<Names> match_lines(Lines expected, Lines lines, const Names& names) {
    if (expected.empty()) {
        return lines.empty() ? std::optional{names} : std::nullopt;
    }
    if (expected[0] == "...") {
        for (std::size_t skipped = 0; skipped <= lines.size(); ++skipped) {
            if (auto all = match_lines(expected.subspan(1), lines.subspan(skipped), names)) {
                return all;
            }
        }
        return std::nullopt;
    }
    const auto first = lines.empty() ? std::nullopt : match_line(expected[0], lines[0], names);
    return first ? match_lines(expected.subspan(1), lines.subspan(1), *first) : std::nullopt;
}

} // namespace

bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& lines,
             Names& names) {
    if (auto all = match_lines(normal(expected), normal(lines), names)) {
        names = std::move(*all);
        return true;
    }
    return false;
}

} // namespace netlab
