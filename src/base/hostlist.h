#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// Names written with ranges, as Slurm's hostlists: `h[1-3]`, `h[01-12]`, `h[1-3,7]`,
/// `p[0-1]s[0-1]`. Several brackets give every combination, the last one counting fastest.
struct Hostlist {
    std::vector<std::string> names;
    /// What is wrong with the text, or empty.
    std::string error;
};

/// How a range is written, for a hint.
inline constexpr const char* hostlist_form = "a range is h[1-3], h[01-12] or h[1-3,7], and makes "
                                             "100000 names at most; 'all' is all there is";

/// Expands `text` to at most `limit` names (more is an error). Text without brackets is itself.
Hostlist expand_hostlist(std::string_view text, std::size_t limit = 100'000);

/// Whether `text` has a bracket in it.
bool has_range(std::string_view text);

} // namespace netlab
