#pragma once

#include <string>
#include <vector>

namespace netlab {

/// What a command that takes NODE or NODE/SERVICE was given.
struct ServiceTarget {
    std::string nodes;   ///< a pattern: see select_nodes
    std::string service; ///< empty: all
};

/// Throws InputError for a word of neither form.
std::vector<ServiceTarget> parse_targets(const std::vector<std::string>& words);

} // namespace netlab
