#pragma once

#include <string>

#include <sys/types.h>

namespace netlab {

/// Makes a directory with exactly that mode. One that is there stays as it is: in a node that
/// starts again it may have been given to somebody. Returns whether it is new. Throws
/// std::system_error.
bool make_once(const std::string& path, mode_t mode);

} // namespace netlab
