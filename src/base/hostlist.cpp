#include "base/hostlist.h"

#include "base/number.h"
#include "base/quote.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace netlab {

namespace {

/// `first-last` with numbers written at least `width` digits wide.
struct Run {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t width = 0;
};

/// Fixed text followed by the runs of one bracket (none at the end of the text).
struct Part {
    std::string_view text;
    std::vector<Run> runs;
    std::uint64_t count = 1;
};

constexpr std::size_t most_digits = 9;
constexpr std::size_t longest_text = 4096;
constexpr std::size_t longest_name = 255; ///< outside brackets: it is written again for each name

/// nullopt if `text` is not 1 to 9 digits.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    return text.size() > most_digits ? std::nullopt : to_number<std::uint64_t>(text);
}

std::string parse_run(std::string_view text, Run& run) {
    const auto dash = text.find('-');
    const auto low = text.substr(0, dash);
    const auto high = dash == std::string_view::npos ? low : text.substr(dash + 1);
    const auto first = parse_number(low);
    const auto last = parse_number(high);
    if (!first || !last) {
        return fmt::format("{} in brackets is not a number or a range such as 1-3", quoted(text));
    }
    if (*first > *last) {
        return fmt::format("the range {} runs backwards", quoted(text));
    }
    const bool padded = (low.size() > 1 && low[0] == '0') || (high.size() > 1 && high[0] == '0');
    if (padded && low.size() != high.size()) {
        return fmt::format("the ends of the range {} are padded with zeros to different widths",
                           quoted(text));
    }
    run = {*first, *last, padded ? low.size() : 0};
    return {};
}

std::string parse_runs(std::string_view text, Part& part) {
    part.count = 0;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto comma = std::min(text.find(',', begin), text.size());
        Run run;
        if (auto error = parse_run(text.substr(begin, comma - begin), run); !error.empty()) {
            return error;
        }
        part.count += run.last - run.first + 1;
        part.runs.push_back(run);
        begin = comma + 1;
    }
    return {};
}

std::string parse_parts(std::string_view text, std::vector<Part>& parts) {
    while (!text.empty()) {
        const auto open = text.find_first_of("[]");
        Part part{text.substr(0, open), {}, 1};
        if (open == std::string_view::npos) {
            parts.push_back(std::move(part));
            return {};
        }
        const auto close = text.find_first_of("[]", open + 1);
        if (text[open] == ']') {
            return "']' without a '[' before it";
        }
        if (close == std::string_view::npos || text[close] == '[') {
            return "'[' without a ']' that closes it";
        }
        if (auto error = parse_runs(text.substr(open + 1, close - open - 1), part);
            !error.empty()) {
            return error;
        }
        parts.push_back(std::move(part));
        text.remove_prefix(close + 1);
    }
    return {};
}

/// Every name of `heads` followed by every number of `part`.
std::vector<std::string> combine(const std::vector<std::string>& heads, const Part& part) {
    std::vector<std::string> names;
    names.reserve(heads.size() * part.count);
    for (const auto& head : heads) {
        const auto stem = head + std::string{part.text};
        if (part.runs.empty()) {
            names.push_back(stem);
        }
        for (const auto& run : part.runs) {
            for (auto number = run.first; number <= run.last; ++number) {
                names.push_back(fmt::format("{}{:0{}}", stem, number, run.width));
            }
        }
    }
    return names;
}

} // namespace

Hostlist expand_hostlist(std::string_view text, std::size_t limit) {
    if (!has_range(text) && limit != 0) {
        return {{std::string{text}}, {}};
    }
    if (text.size() > longest_text) {
        return {{}, "the range is too long"};
    }
    std::vector<Part> parts;
    if (auto error = parse_parts(text, parts); !error.empty()) {
        return {{}, std::move(error)};
    }
    std::uint64_t count = 1;
    std::size_t fixed = 0;
    for (const auto& part : parts) {
        fixed += part.text.size();
        if (fixed > longest_name) {
            return {{}, "the names are too long"};
        }
        count *= part.count;
        if (count > limit) {
            return {{}, fmt::format("the range makes more than {} names", limit)};
        }
    }
    std::vector<std::string> names{""};
    for (const auto& part : parts) {
        names = combine(names, part);
    }
    return {std::move(names), {}};
}

bool has_range(std::string_view text) {
    return text.find_first_of("[]") != std::string_view::npos;
}

} // namespace netlab
