#pragma once

#include <chrono>

#include <sys/types.h>

namespace netlab {

/// Kills a child that has nothing left to do, and reaps it if it ends before `patience` is over.
/// One that waits for a file system which never answers does not, and its parent is not to wait
/// with it: it stays a child, for whoever reaps the others.
void end_child(pid_t child, std::chrono::milliseconds patience = std::chrono::milliseconds{200});

} // namespace netlab
