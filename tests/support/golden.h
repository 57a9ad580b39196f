#pragma once

#include <string>
#include <string_view>

namespace netlab::test {

/// The file tests/golden/`name` as it stands.
std::string golden_text(const std::string& name);

/// Compares `actual` with tests/golden/`name`. With NETLAB_UPDATE_GOLDEN=1 in the environment the
/// file is written instead (scripts/update-golden does that). Returns an empty string, or what
/// differs first.
std::string golden_difference(const std::string& name, std::string_view actual);

/// The path of a file of the source tree.
std::string source_path(const std::string& relative);

/// The content of a file of the source tree; throws std::runtime_error if it cannot be read.
std::string source_text(const std::string& relative);

} // namespace netlab::test
