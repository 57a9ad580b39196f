#pragma once

#include <filesystem>
#include <vector>

namespace netlab {

/// What is in a directory, all of it read before any is looked at. Throws std::system_error.
std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& directory);

} // namespace netlab
