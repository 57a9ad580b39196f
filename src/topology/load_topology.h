#pragma once

#include "base/diagnostic.h"
#include "topology/topology.h"

#include <filesystem>
#include <string_view>

namespace netlab {

/// Reads the file into a Source. Throws InputError with a plain sentence, which says `what` it was
/// to be, if it cannot be read, is a directory or is larger than the limit (64 MiB).
Source read_source(const std::filesystem::path& path, std::string_view what = "topology");

/// Parses and checks `source` (YAML if its name ends in `.yaml` or `.yml`, else JSON), adding every
/// mistake to `diagnostics`. What could not be understood is left out of the result, so that the
/// rest is still checked. `directory` is what relative paths in the file start from; `{"from": …}`
/// files are read here.
Topology load_topology(const Source& source, const std::filesystem::path& directory,
                       Diagnostics& diagnostics);

} // namespace netlab
