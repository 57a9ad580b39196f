#pragma once

#include <array>

namespace netlab {

/// What a machine of its own writes below, and how deep its directories are looked at: deeper ones
/// can be read, but not added to.
struct Layered {
    const char* path;
    int depth;
    bool copied; ///< its files, too
};
inline constexpr std::array<Layered, 7> layered{{{"/etc", 16, true},
                                                 {"/var", 4, false},
                                                 {"/home", 1, false},
                                                 {"/opt", 2, false},
                                                 {"/srv", 2, false},
                                                 {"/mnt", 1, false},
                                                 {"/usr/local", 3, false}}};

/// More entries or bytes are not looked at for one of them.
inline constexpr unsigned most_copied = 20'000;
inline constexpr unsigned most_copied_bytes = 64U << 20U;

} // namespace netlab
