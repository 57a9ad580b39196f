#include "clock/library.h"

// C++20 has no other way to take a file in.
asm(".section .rodata\n"
    ".balign 16\n"
    ".globl netlab_clock_library_begin\n"
    "netlab_clock_library_begin:\n"
    ".incbin \"" NETLAB_CLOCK_LIBRARY "\"\n"
    ".globl netlab_clock_library_end\n"
    "netlab_clock_library_end:\n"
    ".text\n");

extern "C" {
extern const std::byte netlab_clock_library_begin[];
extern const std::byte netlab_clock_library_end[];
}

namespace netlab {

std::span<const std::byte> clock_library() {
    return {netlab_clock_library_begin, netlab_clock_library_end};
}

} // namespace netlab
