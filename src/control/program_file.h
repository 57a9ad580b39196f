#pragma once

#include <string>

namespace netlab {

/// Why a program cannot go by its node's wall clock, by the ELF file that it was started from
/// (elf(5)): it is static, of another width or libc than the library, or written in Go, whose
/// programs read the kernel's clock by themselves. Empty if nothing in the file keeps it from
/// that. `path` may be a /proc/PID/exe.
std::string why_not_preloadable(const std::string& path);

} // namespace netlab
