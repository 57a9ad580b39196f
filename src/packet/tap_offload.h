#pragma once

#include "sys/unique_fd.h"

#include <cstdint>

namespace netlab {

/// In which shape the kernel hands over what leaves through a TAP: as frames whose checksum is not
/// there yet, or as segments of up to 64 KiB that are still to be cut into frames.
enum class Offload : std::uint8_t { checksums, segments };

/// From the next frame that enters the TAP's queue; those in it stay as they are. Throws
/// std::system_error.
void set_offload(const UniqueFd& tap, Offload offload);

} // namespace netlab
