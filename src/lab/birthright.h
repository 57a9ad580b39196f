#pragma once

#include "lab/interface_indices.h"
#include "sys/id_choice.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What every node of a lab is made with, kept for those that start again.
struct Birthright {
    IdMaps maps;
    std::vector<std::pair<std::string, std::string>> inherited; ///< see inherited_differences
    std::uint64_t open_files = 0;                               ///< see NodeSpec
    InterfaceIndices indices;
};

} // namespace netlab
