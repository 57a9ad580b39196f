#pragma once

namespace netlab {

/// Runs `command`, and says on stderr what it throws. Returns the exit code: the command's, 1 (the
/// kernel or the system refused), or 2 (the user's mistake).
int show_errors(int (*command)(int argc, char** argv), int argc, char** argv) noexcept;

} // namespace netlab
