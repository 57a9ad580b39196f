#include "base/nearest_word.h"

#include "base/quote.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace netlab {

namespace {

constexpr std::size_t longest = 64;

char folded(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Damerau-Levenshtein distance (optimal string alignment); more than `limit` is `limit + 1`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    std::array<std::array<std::size_t, longest + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        rows[0][j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i - 1) % 3];
        auto smallest = row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t cost = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
            }
            smallest = std::min(smallest, row[j]);
        }
        if (smallest > limit) {
            return limit + 1;
        }
    }
    return std::min(rows[a.size() % 3][b.size()], limit + 1);
}

std::size_t difference(std::size_t a, std::size_t b) {
    return a > b ? a - b : b - a;
}

} // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.empty() || word.size() > longest) {
        return {};
    }
    auto limit = std::max<std::size_t>(1, word.size() / 3);
    const std::string* best = nullptr;
    for (const auto& candidate : candidates) {
        if (candidate.empty() || candidate.size() > longest ||
            difference(candidate.size(), word.size()) > limit) {
            continue;
        }
        const auto apart = distance(word, candidate, limit);
        // A word of one or two letters has nothing in common with what is as far away as it is
        // long.
        if (apart <= limit && apart < std::max(word.size(), candidate.size()) &&
            (best == nullptr || apart < limit)) {
            best = &candidate;
            limit = apart;
        }
    }
    return best == nullptr ? std::string{} : *best;
}

std::string first_words(const std::vector<std::string>& words) {
    constexpr std::size_t shown = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, words.size()); ++i) {
        text += (text.empty() ? "" : ", ") + words[i];
    }
    return text + (words.size() > shown ? ", …" : "");
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const auto best = nearest_word(word, candidates);
    return best.empty() ? std::string{} : "did you mean " + quoted(best) + "?";
}

} // namespace netlab
