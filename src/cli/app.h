#pragma once

namespace netlab {

/// The program: reads the words, runs the command, shows what went wrong. Returns the exit code: 0,
/// 1 (the kernel or the system refused), 2 (the user's mistake), or of `exec` its command's own.
int run_app(int argc, char** argv) noexcept;

} // namespace netlab
