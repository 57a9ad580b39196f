#include "packet/probe_clock.h"

#include <algorithm>

#include <poll.h>
#include <time.h> // NOLINT(modernize-deprecated-headers): POSIX's, with clock_gettime

namespace netlab {

Duration probe_time() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

void wait_for_probes(const std::array<int, 2>& fds, Duration patience) {
    constexpr long second = 1'000'000'000;
    std::array<pollfd, 2> waits{{{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}}};
    const auto left = std::max(patience, Duration{});
    const timespec timeout{left.count() / second, left.count() % second};
    ::ppoll(waits.data(), waits.size(), &timeout, nullptr);
}

} // namespace netlab
