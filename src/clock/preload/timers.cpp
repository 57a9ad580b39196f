#include "clock/preload/node_clock.h"
#include "clock/preload/real.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <ctime>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

// Timers that are set to a time of the wall clock. They keep the host's time that was meant when
// they were set: nothing here runs when the clock jumps later.

namespace netlab {

namespace {

constinit Real<decltype(::timerfd_settime)> real_timerfd_settime{"timerfd_settime"};
constinit Real<decltype(::timer_create)> real_timer_create{"timer_create"};
constinit Real<decltype(::timer_settime)> real_timer_settime{"timer_settime"};
constinit Real<decltype(::timer_delete)> real_timer_delete{"timer_delete"};

__attribute__((constructor(103))) void find_all() {
    real_timerfd_settime.get();
    real_timer_create.get();
    real_timer_settime.get();
    real_timer_delete.get();
}

/// The timers of this process that go by the wall clock, which cannot be asked of them.
constexpr std::size_t most_timers = 1024;
constinit std::atomic<std::uintptr_t> wall_timers[most_timers]{};

/// Numbers of timers begin at 0.
std::uintptr_t key_of(timer_t timer) {
    return reinterpret_cast<std::uintptr_t>(timer) + 1;
}

bool change(std::uintptr_t from, std::uintptr_t to) {
    for (auto& entry : wall_timers) {
        auto expected = from;
        if (entry.load(std::memory_order_relaxed) == from &&
            entry.compare_exchange_strong(expected, to)) {
            return true;
        }
    }
    return false;
}

bool is_wall_timer(timer_t timer) {
    for (const auto& entry : wall_timers) {
        if (entry.load(std::memory_order_relaxed) == key_of(timer)) {
            return true;
        }
    }
    return false;
}

char* write_number(char* out, int number) {
    if (number > 9) {
        out = write_number(out, number / 10);
    }
    *out = static_cast<char>('0' + number % 10);
    return out + 1;
}

/// The clock of a timer's descriptor, which may have come from anywhere: proc_pid_fdinfo(5) has it.
clockid_t clock_of_descriptor(int fd) {
    char path[64] = "/proc/self/fdinfo/";
    *write_number(path + sizeof "/proc/self/fdinfo/" - 1, fd) = '\0';
    const int error = errno;
    const auto file = ::syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    char text[512]{};
    const auto size = file >= 0 ? ::syscall(SYS_read, file, text, sizeof text - 1) : 0;
    ::syscall(SYS_close, file);
    errno = error;
    constexpr char key[] = "clockid: ";
    constexpr long key_size = sizeof key - 1;
    for (long at = 0; at + key_size < size; ++at) {
        if (__builtin_memcmp(text + at, key, key_size) == 0) {
            int clock = 0;
            for (const char* c = text + at + key_size; *c >= '0' && *c <= '9'; ++c) {
                clock = clock * 10 + (*c - '0');
            }
            return clock;
        }
    }
    return CLOCK_MONOTONIC;
}

/// The same moment by the host's clock. Zero disarms a timer, and a time that is over does not.
::itimerspec for_host(const ::itimerspec& node) {
    auto host = node;
    const bool disarms = node.it_value.tv_sec == 0 && node.it_value.tv_nsec == 0;
    if (!disarms && is_plain(node.it_value)) {
        const auto time = host_time_of(current_setting(), to_nanoseconds(node.it_value));
        host.it_value = to_timespec(time > 0 ? time : 1);
    }
    return host;
}

} // namespace

} // namespace netlab

using namespace netlab;

NETLAB_IN_FRONT int timerfd_settime(int fd, int flags, const itimerspec* value,
                                    itimerspec* old) noexcept {
    auto* const real = real_timerfd_settime.get();
    if ((flags & TFD_TIMER_ABSTIME) == 0 || value == nullptr ||
        !is_of_node(clock_of_descriptor(fd))) {
        return real(fd, flags, value, old);
    }
    const auto host = for_host(*value);
    return real(fd, flags, &host, old);
}

NETLAB_IN_FRONT int timer_create(clockid_t clock, sigevent* event, timer_t* timer) noexcept {
    const int result = real_timer_create.get()(clock, event, timer);
    if (result != 0) {
        return result;
    }
    change(key_of(*timer), 0); // of a timer that a fork has left to the parent
    if (is_of_node(clock) && !change(0, key_of(*timer))) {
        real_timer_delete.get()(*timer);
        errno = EAGAIN;
        return -1;
    }
    return 0;
}

NETLAB_IN_FRONT int timer_delete(timer_t timer) noexcept {
    change(key_of(timer), 0);
    return real_timer_delete.get()(timer);
}

NETLAB_IN_FRONT int timer_settime(timer_t timer, int flags, const itimerspec* value,
                                  itimerspec* old) noexcept {
    auto* const real = real_timer_settime.get();
    if ((flags & TIMER_ABSTIME) == 0 || value == nullptr || !is_wall_timer(timer)) {
        return real(timer, flags, value, old);
    }
    const auto host = for_host(*value);
    return real(timer, flags, &host, old);
}
