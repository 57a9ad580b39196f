#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace netlab {

/// Writes to FOLDER/NODE.txt how the networks of nodes are: interfaces, routes, neighbours,
/// sockets, qdiscs. For the process of an errand: it enters the lab's user namespace for good.
/// Throws std::system_error.
void draw_portraits(const std::filesystem::path& lab, const std::vector<std::string>& nodes,
                    const std::filesystem::path& folder);

} // namespace netlab
