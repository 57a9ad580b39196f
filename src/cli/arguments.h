#pragma once

namespace netlab {

/// Reads the words of every command but `exec` (CLI11) and runs it. Returns the exit code. Throws
/// InputError.
int run_arguments(int argc, char** argv);

} // namespace netlab
