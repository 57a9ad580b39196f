#include "clock/preload/node_clock.h"

#include "clock/preload/real.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/timex.h>
#include <unistd.h>

namespace netlab {

namespace {

constinit Real<decltype(::clock_gettime)> real_clock_gettime{"clock_gettime"};
constinit Real<decltype(::adjtimex)> real_adjtimex{"adjtimex"};
constinit Real<decltype(::clock_adjtime)> real_clock_adjtime{"clock_adjtime"};

constinit std::atomic<const ClockPage*> mapped{nullptr};

/// A clock like the host's, for a process that cannot see its node's.
constinit ClockPage unmoved{};

/// Calls of the kernel itself, past whatever else stands in front of libc's open and mmap. The page
/// stays when the program goes to another root or closes its files.
const ClockPage* map_page() {
    const int error = errno;
    const ClockPage* page = &unmoved;
    const auto fd =
        ::syscall(SYS_openat, AT_FDCWD, clock_page_file, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd >= 0) {
        // As much as is there of the file counts; a shorter one would end the program by SIGBUS.
        const auto size = ::syscall(SYS_lseek, fd, 0, SEEK_END);
        const auto at =
            size >= static_cast<long>(sizeof(ClockPage))
                ? ::syscall(SYS_mmap, 0, sizeof(ClockPage), PROT_READ, MAP_SHARED, fd, 0)
                : -1;
        ::syscall(SYS_close, fd);
        if (at != -1) {
            // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives addresses as numbers
            const auto* found = reinterpret_cast<const ClockPage*>(at);
            page = found->version == clock_page_version ? found : &unmoved;
        }
    }
    errno = error;
    return page;
}

const ClockPage& page() {
    const auto* known = mapped.load(std::memory_order_acquire);
    if (known == nullptr) {
        // Two threads may map it at the same time: one mapping too many, which nobody misses.
        known = map_page();
        mapped.store(known, std::memory_order_release);
    }
    return *known;
}

int ask_host(clockid_t clock, ::timespec* time) {
    auto* const real = real_clock_gettime.found();
    return real != nullptr ? real(clock, time)
                           : static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
}

__attribute__((constructor(101))) void begin() {
    real_clock_gettime.get();
    real_adjtimex.get();
    real_clock_adjtime.get();
    page();
}

/// The clock's reading in an answer of the kernel's about its discipline; in microseconds or
/// nanoseconds, as the answer itself says.
void move(::timeval& time, bool nanoseconds) {
    const std::int64_t unit = nanoseconds ? 1 : 1000;
    const auto host = time.tv_sec * second + time.tv_usec * unit;
    const auto moved = to_timespec(host + ahead_at(current_setting(), host));
    time = {moved.tv_sec, moved.tv_nsec / unit};
}

int move_answer(int result, ::timex* answer) {
    if (result >= 0) {
        move(answer->time, (answer->status & STA_NANO) != 0);
    }
    return result;
}

} // namespace

ClockSetting current_setting() {
    return read_setting(page());
}

std::int64_t host_time() {
    ::timespec time{};
    ask_host(CLOCK_REALTIME, &time);
    return to_nanoseconds(time);
}

std::int64_t node_time() {
    const auto host = host_time();
    return host + ahead_at(current_setting(), host);
}

bool is_of_node(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI ||
           clock == CLOCK_REALTIME_ALARM;
}

} // namespace netlab

using namespace netlab;

NETLAB_IN_FRONT int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const int result = ask_host(clock, time);
    if (result == 0 && is_of_node(clock)) {
        // TAI differs from the others by whole seconds, in which no drift is to be seen.
        const auto host = to_nanoseconds(*time);
        *time = to_timespec(host + ahead_at(current_setting(), host));
    }
    return result;
}

NETLAB_IN_FRONT int gettimeofday(timeval* time, void* zone) noexcept {
    if (zone != nullptr) { // of the kernel's, which nobody has set for thirty years
        *static_cast<struct timezone*>(zone) = {};
    }
    if (time != nullptr) {
        const auto now = to_timespec(node_time());
        *time = {now.tv_sec, now.tv_nsec / 1000};
    }
    return 0;
}

NETLAB_IN_FRONT time_t time(time_t* out) noexcept {
    const auto now = to_timespec(node_time()).tv_sec;
    if (out != nullptr) {
        *out = now;
    }
    return now;
}

NETLAB_IN_FRONT int timespec_get(timespec* time, int base) noexcept {
    if (base != TIME_UTC) {
        return 0;
    }
    *time = to_timespec(node_time());
    return base;
}

NETLAB_IN_FRONT int ftime(timeb* time) {
    const auto now = to_timespec(node_time());
    *time = {now.tv_sec, static_cast<unsigned short>(now.tv_nsec / 1'000'000), 0, 0};
    return 0;
}

// What reads the clock by the way. What would set it is refused by the kernel: nodes may not.

NETLAB_IN_FRONT int adjtimex(timex* answer) noexcept {
    return move_answer(real_adjtimex.get()(answer), answer);
}

NETLAB_IN_FRONT int ntp_adjtime(timex* answer) noexcept {
    return adjtimex(answer);
}

NETLAB_IN_FRONT int clock_adjtime(clockid_t clock, timex* answer) noexcept {
    const int result = real_clock_adjtime.get()(clock, answer);
    return clock == CLOCK_REALTIME ? move_answer(result, answer) : result;
}

NETLAB_IN_FRONT int ntp_gettimex(ntptimeval* out) noexcept {
    timex answer{};
    const int result = adjtimex(&answer);
    out->time = answer.time;
    out->maxerror = answer.maxerror;
    out->esterror = answer.esterror;
    out->tai = answer.tai;
    return result;
}

/// Programs of before glibc 2.12 call this; the header's ntp_gettime is ntp_gettimex.
extern "C" __attribute__((visibility("default"))) int old_ntp_gettime(ntptimeval* out) noexcept
    __asm__("ntp_gettime");

int old_ntp_gettime(ntptimeval* out) noexcept {
    timex answer{};
    const int result = adjtimex(&answer);
    out->time = answer.time;
    out->maxerror = answer.maxerror;
    out->esterror = answer.esterror;
    return result;
}
