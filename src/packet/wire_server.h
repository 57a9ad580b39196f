#pragma once

#include "packet/frame_calls.h"
#include "sys/unique_fd.h"

namespace netlab {

/// Carries frames and answers requests until the other side of `socket` is gone. The first answer,
/// number 0, says that it is ready. Throws std::system_error.
void serve_wires(const UniqueFd& socket, FrameCalls calls);

} // namespace netlab
