#pragma once

#include <cstddef>
#include <span>

namespace netlab {

/// The file of the library (src/clock/preload) that shows programs their node's clock. It is part
/// of this program: so it can neither be missing nor be of another version, and a lab can have it
/// whatever the owner's directories are closed to.
std::span<const std::byte> clock_library();

} // namespace netlab
