#pragma once

#include "lab/lab.h"
#include "sys/unique_fd.h"

namespace netlab {

/// Answers the commands that come to a lab's control socket, and takes note of nodes that end, for
/// as long as the supervisor lives. Throws std::system_error if it cannot begin.
[[noreturn]] void serve_lab(Lab& lab, const UniqueFd& listener);

} // namespace netlab
