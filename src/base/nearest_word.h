#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// The candidate that `word` was most likely meant to be (Damerau-Levenshtein distance of at most a
/// third of its length, at least 1), or an empty string when none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

/// The first 12 of the words, `a, b, c`, and `, …` where there are more.
std::string first_words(const std::vector<std::string>& words);

/// `did you mean 'x'?`, or an empty string.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

} // namespace netlab
