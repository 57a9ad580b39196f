#pragma once

#include "packet/virtio_frame.h"

namespace netlab {

/// A frame to be read from a TAP or written to one.
struct FrameCall {
    int tap = -1;
    VirtioFrame frame;         ///< to be read: where to, and room for it
    std::ptrdiff_t result = 0; ///< bytes, or a negative errno
};

} // namespace netlab
