#pragma once

#include <atomic>
#include <cstdint>

namespace netlab {

/// How a node's idea of CLOCK_REALTIME follows from the host's; all times in nanoseconds since
/// 1970.
struct ClockSetting {
    std::int64_t base = 0;   ///< the host's time from which the drift counts
    std::int64_t offset = 0; ///< how far the node was ahead then
    std::int64_t rate = 0;   ///< what it gains in a nanosecond, in units of 2^-40 ns

    bool operator==(const ClockSetting&) const = default;
};

/// A fraction of 2^40 is 0.9 ns in 1000 s: less than anybody can see.
inline constexpr int rate_bits = 40;

__extension__ using WideInteger = __int128; ///< ISO C++ has none that holds such products

/// How far the node is ahead when the host's clock shows `host`.
inline std::int64_t ahead_at(const ClockSetting& setting, std::int64_t host) {
    const auto gained = WideInteger{host - setting.base} * setting.rate;
    return setting.offset + static_cast<std::int64_t>(gained >> rate_bits);
}

/// What the host's clock shows when the node's shows `node`. `rate` is above -2^40.
inline std::int64_t host_time_of(const ClockSetting& setting, std::int64_t node) {
    const auto since = (WideInteger{node} - setting.base - setting.offset) << rate_bits;
    return setting.base +
           static_cast<std::int64_t>(since / ((std::int64_t{1} << rate_bits) + setting.rate));
}

/// The file in which a node's programs read how its clock is set. `turn` says which of the two
/// settings holds; the other is written before `turn` changes, so that whoever reads never waits,
/// also if the writer has died.
struct ClockPage {
    std::atomic<std::uint32_t> turn;
    std::uint32_t version;
    struct {
        std::atomic<std::int64_t> base;
        std::atomic<std::int64_t> offset;
        std::atomic<std::int64_t> rate;
    } settings[2];
};

inline constexpr std::uint32_t clock_page_version = 1;

/// What holds at this moment.
inline ClockSetting read_setting(const ClockPage& page) {
    for (;;) {
        const auto turn = page.turn.load(std::memory_order_acquire);
        const auto& from = page.settings[turn % 2];
        const ClockSetting setting{from.base.load(std::memory_order_relaxed),
                                   from.offset.load(std::memory_order_relaxed),
                                   from.rate.load(std::memory_order_relaxed)};
        std::atomic_thread_fence(std::memory_order_acquire);
        if (page.turn.load(std::memory_order_relaxed) == turn) {
            return setting;
        }
    }
}

// Where they are in a node.
inline constexpr const char* clock_directory = "/run/netlab/clock";
inline constexpr const char* clock_page_file = "/run/netlab/clock/page";
inline constexpr const char* clock_library_file = "/run/netlab/clock/netlab-clock.so";

} // namespace netlab
