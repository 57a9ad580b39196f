#pragma once

#include <string_view>
#include <vector>

namespace netlab {

/// The part of `rest` before the first `separator`, or all of it where there is none; both are
/// taken off `rest`. It points into the same text: untrusted text may have any number of parts.
std::string_view cut_off(std::string_view& rest, char separator);

/// The pieces of `text` between `separator`s, as std::getline finds them: none behind a last one.
/// They point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The words of `text`, which blanks, tabs and line ends part. They point into `text`.
std::vector<std::string_view> split_words(std::string_view text);

} // namespace netlab
