#pragma once

#include "cli/options.h"

#include <optional>

namespace netlab {

/// The words of `netlab exec`, read by hand: what follows the node belongs to the command, dashes
/// and all. nullopt if it is another command, or if help is asked for. Throws InputError.
std::optional<ExecOptions> parse_exec(int argc, char** argv);

} // namespace netlab
