#pragma once

#include <string>

namespace netlab {

/// The words that this process was started with, as one would write them in a shell:
/// `netlab partition 'n[1-2]' n3`. Longer ones are cut.
std::string own_command();

} // namespace netlab
