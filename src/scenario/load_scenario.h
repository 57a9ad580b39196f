#pragma once

#include "base/diagnostic.h"
#include "scenario/parameters.h"
#include "scenario/scenario.h"

#include <filesystem>
#include <string_view>

namespace netlab {

/// Whether a file of that name is a run's record of events, which can be run again.
bool is_record(std::string_view file_name);

/// Reads everything of a scenario but its steps, adding every mistake to `diagnostics`. `source` is
/// YAML, JSON or (by its name) a record of events. Paths in it start from `directory`. Without
/// a mistake `topology` is set. Throws InputError for a wrong one of `parameters`.
Scenario load_scenario(const Source& source, const std::filesystem::path& directory,
                       Diagnostics& diagnostics, const ParameterTexts& parameters = {});

/// A record of events as a scenario: the same steps, at the times at which they began.
Scenario load_record(const Source& source, const std::filesystem::path& directory,
                     Diagnostics& diagnostics);

} // namespace netlab
