#include "base/table.h"
#include "cli/output.h"
#include "cli/reachability_output.h"
#include "plan/families.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t most_failures = 20; ///< told one by one

/// Of one family.
struct Count {
    std::size_t asked = 0;
    std::size_t answered = 0;
};

/// `.` all answered, `4` only IPv4, `6` only IPv6, `x` nothing, `-` nothing to be asked.
char mark_of(const ReachedPair& pair) {
    if (pair.addresses.empty()) {
        return '-';
    }
    if (pair.answered()) {
        return '.';
    }
    for (const auto& [address, outcome] : pair.addresses) {
        if (outcome.time) {
            return address.family == Family::ipv4 ? '4' : '6';
        }
    }
    return 'x';
}

std::string matrix(const Reachability& found) {
    std::vector<std::string> rows(found.from.size(), std::string(found.to.size(), ' '));
    for (const auto& pair : found.pairs) {
        rows[pair.from][pair.to] = mark_of(pair);
    }
    std::size_t width = 4;
    for (const auto& name : found.from) {
        width = std::max(width, name.size());
    }
    const auto digits = std::to_string(found.to.size()).size();
    std::string text;
    // A column's number is read downwards.
    for (std::size_t place = 0; place < digits; ++place) {
        text += fmt::format("{:{}} {:{}} ", "", digits, place + 1 == digits ? "FROM" : "", width);
        for (std::size_t i = 1; i <= found.to.size(); ++i) {
            text += fmt::format("{:{}}", i, digits)[place];
        }
        text += '\n';
    }
    const bool square = found.from == found.to;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        text += fmt::format("{:{}} {:{}} {}\n", square ? std::to_string(i + 1) : "", digits,
                            found.from[i], width, rows[i]);
    }
    if (!square) {
        for (std::size_t i = 0; i < found.to.size(); ++i) {
            text += fmt::format("{:{}} {}\n", i + 1, digits, found.to[i]);
        }
    }
    return text;
}

std::string failures(const Reachability& found) {
    std::string text;
    std::size_t count = 0;
    for (const auto& pair : found.pairs) {
        for (const auto& [address, outcome] : pair.addresses) {
            if (!outcome.time && ++count <= most_failures) {
                text += fmt::format("{} -> {} ({}): {}\n", found.from[pair.from], found.to[pair.to],
                                    to_string(address), outcome.trouble);
            }
        }
        if (pair.addresses.empty() && ++count <= most_failures) {
            text += fmt::format("{} -> {}: they have no family of addresses in common\n",
                                found.from[pair.from], found.to[pair.to]);
        }
    }
    if (count > most_failures) {
        text += fmt::format("and {} more\n", count - most_failures);
    }
    return text;
}

double milliseconds(Duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// Without trailing blanks.
std::string trimmed(const std::string& text) {
    std::string result;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        auto line = text.substr(begin, end - begin);
        line.erase(line.find_last_not_of(' ') + 1);
        result += line + "\n";
        begin = end + 1;
    }
    return result;
}

std::string summary(const Reachability& found, Duration took) {
    PerFamily<Count> counts;
    std::vector<Duration> times;
    std::size_t answered = 0;
    for (const auto& pair : found.pairs) {
        answered += pair.answered() ? 1 : 0;
        for (const auto& [address, outcome] : pair.addresses) {
            ++counts[address.family].asked;
            if (outcome.time) {
                ++counts[address.family].answered;
                times.push_back(*outcome.time);
            }
        }
    }
    std::string text =
        fmt::format("{} of {} answered", answered, counted(found.pairs.size(), "pair"));
    for (const auto family : families) {
        if (counts[family].asked != 0) {
            text += fmt::format(", {} {} of {}", family_name(family), counts[family].answered,
                                counts[family].asked);
        }
    }
    if (!times.empty()) {
        std::ranges::sort(times);
        text += fmt::format("; there and back {:.3f} ms, {:.3f} ms at most",
                            milliseconds(times[times.size() / 2]), milliseconds(times.back()));
    }
    return text + fmt::format("; in {:.2f} s\n", std::chrono::duration<double>(took).count());
}

} // namespace

std::string reachability_to_text(const Reachability& found, Duration took) {
    const bool shown = found.pairs.size() > 1 && found.from.size() <= most_in_matrix &&
                       found.to.size() <= most_in_matrix;
    return trimmed((shown ? matrix(found) : "") + failures(found) + summary(found, took));
}

} // namespace netlab
