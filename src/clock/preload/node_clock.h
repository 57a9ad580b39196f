#pragma once

#include "clock/page.h"

#include <cstdint>
#include <ctime>

// What the functions in front of libc's share. Nothing here allocates, locks or sets errno, and all
// of it may be called by signal handlers, and before constructors have run.

namespace netlab {

inline constexpr std::int64_t second = 1'000'000'000;

/// Beyond it (the year 2255) a time is for ever, and is left as it is.
inline constexpr std::int64_t last_second = 9'000'000'000;

/// How the node's clock is set now.
ClockSetting current_setting();

/// The host's CLOCK_REALTIME.
std::int64_t host_time();
/// The node's.
std::int64_t node_time();

/// Whether the node has an idea of its own of this clock.
bool is_of_node(clockid_t clock);

inline std::int64_t to_nanoseconds(const ::timespec& time) {
    return time.tv_sec * second + time.tv_nsec;
}
inline ::timespec to_timespec(std::int64_t nanoseconds) {
    auto seconds = nanoseconds / second;
    auto rest = nanoseconds % second;
    if (rest < 0) {
        rest += second;
        --seconds;
    }
    return {seconds, rest};
}

/// Whether it can be translated: libc and the kernel have their own words for what is malformed.
inline bool is_plain(const ::timespec& time) {
    return time.tv_nsec >= 0 && time.tv_nsec < second && time.tv_sec >= 0 &&
           time.tv_sec < last_second;
}

} // namespace netlab
