#pragma once

#include <string>
#include <string_view>

namespace netlab {

/// Whether the format has this key (or value) but this version of netlab does not carry it out yet.
bool is_of_a_later_version(std::string_view word);

/// netlab's word for what other programs call `key` (`bandwidth`: `rate`), or an empty string.
std::string word_for(std::string_view key);

/// Where a key belongs that stands in the wrong object (`in a node`, `in a link`, …), or an empty
/// string.
std::string home_of_key(std::string_view key);

} // namespace netlab
