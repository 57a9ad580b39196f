#pragma once

#include <map>
#include <string>
#include <vector>

namespace netlab {

/// What the names on a page, such as `<host>`, turned out to stand for.
using Names = std::map<std::string, std::string>;

/// Whether the lines are as expected, by the rules of docs/lessons/README.md; then `names` has the
/// new ones too.
bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& lines,
             Names& names);

} // namespace netlab
