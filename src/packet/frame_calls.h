#pragma once

#include <cstdint>

namespace netlab {

/// How many frames a system call moves: as many as there are, where an io_uring can be had, or one.
enum class FrameCalls : std::uint8_t { batched, single };

} // namespace netlab
