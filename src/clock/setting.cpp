#include "clock/setting.h"

#include "sys/check.h"

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <type_traits>

#include <unistd.h>

namespace netlab {

namespace {

constexpr std::int64_t billion = 1'000'000'000;

/// Before 1970 and after 2255 programs have no use for a time, and the page no room.
constexpr std::int64_t last_time = 9'000'000'000 * billion;

std::int64_t rate_of(std::int64_t drift) {
    return static_cast<std::int64_t>((WideInteger{drift} << rate_bits) / billion);
}

std::int64_t drift_of(std::int64_t rate) {
    return std::llround(static_cast<double>(rate) * 1e9 / static_cast<double>(1LL << rate_bits));
}

template <class T>
void put(int file, std::size_t at, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    check(::pwrite(file, &value, sizeof value, static_cast<off_t>(at)), "write a node's clock");
}

} // namespace

std::int64_t host_now() {
    ::timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * billion + now.tv_nsec;
}

ClockSetting make_setting(const NodeClock& clock) {
    return jumped({host_now(), 0, rate_of(clock.drift)}, clock.offset);
}

ClockSetting jumped(const ClockSetting& setting, Duration by) {
    const auto now = host_now();
    const auto then = WideInteger{now} + ahead_at(setting, now) + by.count();
    if (then < 0 || then > last_time) {
        throw std::overflow_error{"a clock shows times from 1970 to 2255"};
    }
    return {setting.base, setting.offset + by.count(), setting.rate};
}

ClockSetting with_drift(const ClockSetting& setting, std::int64_t drift) {
    const auto now = host_now();
    return {now, ahead_at(setting, now), rate_of(drift)};
}

NodeClock clock_now(const ClockSetting& setting) {
    NodeClock clock;
    clock.offset = Duration{ahead_at(setting, host_now())};
    clock.drift = drift_of(setting.rate);
    return clock;
}

void write_new_page(int file, const ClockSetting& setting) {
    put(file, offsetof(ClockPage, version), clock_page_version);
    put(file, offsetof(ClockPage, settings), setting);
    put(file, sizeof(ClockPage) - sizeof setting, setting);
}

void write_page(int file, const ClockSetting& setting) {
    static_assert(sizeof(ClockPage) == 8 + 2 * sizeof(ClockSetting));
    // Whoever has written here may have been a program of the node's: any number will do.
    std::uint32_t turn = 0;
    check(::pread(file, &turn, sizeof turn, offsetof(ClockPage, turn)), "read a node's clock");
    ++turn;
    put(file, offsetof(ClockPage, settings) + (turn % 2) * sizeof setting, setting);
    put(file, offsetof(ClockPage, turn), turn);
}

} // namespace netlab
