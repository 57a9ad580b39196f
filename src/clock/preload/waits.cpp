#include "clock/preload/node_clock.h"
#include "clock/preload/real.h"

#include <cerrno>
#include <ctime>

#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

// Waits until a time of the wall clock. The kernel is asked for the host's time that it means, and
// for no more than a slice at once: the clock may jump meanwhile.

namespace netlab {

namespace {

/// How long after a jump a wait goes by the new time at the latest.
constexpr std::int64_t slice = second / 10;

constinit Real<decltype(::clock_nanosleep)> real_clock_nanosleep{"clock_nanosleep"};
// libc has older ones for threads of before 2003, for which it cannot be known what a condition is.
constinit Real<decltype(::pthread_cond_timedwait)> real_cond_timedwait{"pthread_cond_timedwait",
                                                                       "GLIBC_2.3.2"};
constinit Real<decltype(::pthread_cond_clockwait)> real_cond_clockwait{"pthread_cond_clockwait"};
constinit Real<decltype(::pthread_mutex_timedlock)> real_mutex_timedlock{"pthread_mutex_timedlock"};
constinit Real<decltype(::pthread_mutex_clocklock)> real_mutex_clocklock{"pthread_mutex_clocklock"};
constinit Real<decltype(::pthread_rwlock_timedrdlock)> real_timedrdlock{
    "pthread_rwlock_timedrdlock"};
constinit Real<decltype(::pthread_rwlock_timedwrlock)> real_timedwrlock{
    "pthread_rwlock_timedwrlock"};
constinit Real<decltype(::pthread_rwlock_clockrdlock)> real_clockrdlock{
    "pthread_rwlock_clockrdlock"};
constinit Real<decltype(::pthread_rwlock_clockwrlock)> real_clockwrlock{
    "pthread_rwlock_clockwrlock"};
constinit Real<decltype(::pthread_timedjoin_np)> real_timedjoin{"pthread_timedjoin_np"};
constinit Real<decltype(::pthread_clockjoin_np)> real_clockjoin{"pthread_clockjoin_np"};
constinit Real<decltype(::sem_timedwait)> real_sem_timedwait{"sem_timedwait"};
constinit Real<decltype(::sem_clockwait)> real_sem_clockwait{"sem_clockwait"};
constinit Real<decltype(::mq_timedsend)> real_mq_timedsend{"mq_timedsend"};
constinit Real<decltype(::mq_timedreceive)> real_mq_timedreceive{"mq_timedreceive"};

__attribute__((constructor(102))) void find_all() {
    real_clock_nanosleep.get();
    real_cond_timedwait.get();
    real_cond_clockwait.get();
    real_mutex_timedlock.get();
    real_mutex_clocklock.get();
    real_timedrdlock.get();
    real_timedwrlock.get();
    real_clockrdlock.get();
    real_clockwrlock.get();
    real_timedjoin.get();
    real_clockjoin.get();
    real_sem_timedwait.get();
    real_sem_clockwait.get();
    real_mq_timedsend.get();
    real_mq_timedreceive.get();
}

/// Until when the kernel is to wait, of a wait until `until` by the node's clock.
struct Slice {
    std::int64_t end = 0; ///< by the host's clock
    bool is_last = true;
};

Slice next_slice(std::int64_t until) {
    const auto setting = current_setting();
    const auto now = host_time();
    // Not by the inverse alone: a base far off would round a deadline that is over into the future.
    const auto deadline =
        now + ahead_at(setting, now) >= until ? now : host_time_of(setting, until);
    return deadline - now > slice ? Slice{now + slice, false} : Slice{deadline, true};
}

/// Calls `wait` with times of the host's until it answers with anything but `late`, or the node's
/// clock shows `until`. An end in between is nobody's to see: whatever `wait` waits for stays
/// where it is.
template <class Result, class Wait, class IsLate>
Result wait_in_slices(const ::timespec& until, const Wait& wait, const IsLate& is_late) {
    if (!is_plain(until)) {
        return wait(until);
    }
    const auto node_until = to_nanoseconds(until);
    for (;;) {
        const auto part = next_slice(node_until);
        const Result result = wait(to_timespec(part.end));
        if (!is_late(result) || node_time() >= node_until) {
            return result;
        }
    }
}

/// Of functions that return an error number.
template <class Wait>
int wait_for(const ::timespec& until, const Wait& wait) {
    return wait_in_slices<int>(until, wait, [](int result) { return result == ETIMEDOUT; });
}

/// Of functions that return -1 and set errno.
template <class Result, class Wait>
Result wait_for_errno(const ::timespec& until, const Wait& wait) {
    return wait_in_slices<Result>(until, wait,
                                  [](Result result) { return result == -1 && errno == ETIMEDOUT; });
}

/// What was signalled between two slices would be lost. So the end of a slice is a wakeup without
/// cause, as POSIX has them and programs look for.
template <class Wait>
int wait_for_condition(const ::timespec& until, const Wait& wait) {
    if (!is_plain(until)) {
        return wait(until);
    }
    const auto node_until = to_nanoseconds(until);
    const auto part = next_slice(node_until);
    const int result = wait(to_timespec(part.end));
    return result == ETIMEDOUT && node_time() < node_until ? 0 : result;
}

/// glibc keeps the clock of a condition in a bit of its count of waiters (since 2.25).
bool is_monotonic(const ::pthread_cond_t* condition) {
    constexpr unsigned clock_bit = 2;
    return (__atomic_load_n(&condition->__data.__wrefs, __ATOMIC_RELAXED) & clock_bit) != 0;
}

} // namespace

} // namespace netlab

using namespace netlab;

NETLAB_IN_FRONT int clock_nanosleep(clockid_t clock, int flags, const timespec* time,
                                    timespec* rest) {
    auto* const real = real_clock_nanosleep.get();
    if ((flags & TIMER_ABSTIME) == 0 || !is_of_node(clock) || !is_plain(*time)) {
        return real(clock, flags, time, rest);
    }
    // TAI, too, is waited for by CLOCK_REALTIME, whole seconds off.
    timespec tai{};
    timespec utc{};
    clock_gettime(clock, &tai);
    clock_gettime(CLOCK_REALTIME, &utc);
    const auto off = clock == CLOCK_TAI ? tai.tv_sec - utc.tv_sec : 0;
    const auto node_until = to_nanoseconds(*time) - off * second;
    for (;;) {
        const auto part = next_slice(node_until);
        const auto until = to_timespec(part.end);
        const int result = real(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
        if (result != 0 || node_time() >= node_until) {
            return result;
        }
    }
}

NETLAB_IN_FRONT int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                           const timespec* until) {
    auto* const real = real_cond_timedwait.get();
    if (is_monotonic(condition)) {
        return real(condition, mutex, until);
    }
    return wait_for_condition(*until,
                              [&](const timespec& host) { return real(condition, mutex, &host); });
}

NETLAB_IN_FRONT int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                           clockid_t clock, const timespec* until) {
    auto* const real = real_cond_clockwait.get();
    if (clock != CLOCK_REALTIME) {
        return real(condition, mutex, clock, until);
    }
    return wait_for_condition(
        *until, [&](const timespec& host) { return real(condition, mutex, clock, &host); });
}

NETLAB_IN_FRONT int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                            const timespec* until) noexcept {
    return wait_for(*until,
                    [&](const timespec& host) { return real_mutex_timedlock.get()(mutex, &host); });
}

NETLAB_IN_FRONT int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                            const timespec* until) noexcept {
    auto* const real = real_mutex_clocklock.get();
    if (clock != CLOCK_REALTIME) {
        return real(mutex, clock, until);
    }
    return wait_for(*until, [&](const timespec& host) { return real(mutex, clock, &host); });
}

NETLAB_IN_FRONT int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                                               const timespec* until) noexcept {
    return wait_for(*until,
                    [&](const timespec& host) { return real_timedrdlock.get()(lock, &host); });
}

NETLAB_IN_FRONT int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                                               const timespec* until) noexcept {
    return wait_for(*until,
                    [&](const timespec& host) { return real_timedwrlock.get()(lock, &host); });
}

NETLAB_IN_FRONT int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                               const timespec* until) noexcept {
    auto* const real = real_clockrdlock.get();
    if (clock != CLOCK_REALTIME) {
        return real(lock, clock, until);
    }
    return wait_for(*until, [&](const timespec& host) { return real(lock, clock, &host); });
}

NETLAB_IN_FRONT int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                               const timespec* until) noexcept {
    auto* const real = real_clockwrlock.get();
    if (clock != CLOCK_REALTIME) {
        return real(lock, clock, until);
    }
    return wait_for(*until, [&](const timespec& host) { return real(lock, clock, &host); });
}

NETLAB_IN_FRONT int pthread_timedjoin_np(pthread_t thread, void** result, const timespec* until) {
    if (until == nullptr) {
        return real_timedjoin.get()(thread, result, until);
    }
    return wait_for(
        *until, [&](const timespec& host) { return real_timedjoin.get()(thread, result, &host); });
}

NETLAB_IN_FRONT int pthread_clockjoin_np(pthread_t thread, void** result, clockid_t clock,
                                         const timespec* until) {
    auto* const real = real_clockjoin.get();
    if (clock != CLOCK_REALTIME || until == nullptr) {
        return real(thread, result, clock, until);
    }
    return wait_for(*until,
                    [&](const timespec& host) { return real(thread, result, clock, &host); });
}

NETLAB_IN_FRONT int sem_timedwait(sem_t* semaphore, const timespec* until) {
    return wait_for_errno<int>(
        *until, [&](const timespec& host) { return real_sem_timedwait.get()(semaphore, &host); });
}

NETLAB_IN_FRONT int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
    auto* const real = real_sem_clockwait.get();
    if (clock != CLOCK_REALTIME) {
        return real(semaphore, clock, until);
    }
    return wait_for_errno<int>(*until,
                               [&](const timespec& host) { return real(semaphore, clock, &host); });
}

NETLAB_IN_FRONT int mq_timedsend(mqd_t queue, const char* text, size_t size, unsigned priority,
                                 const timespec* until) {
    auto* const real = real_mq_timedsend.get();
    return wait_for_errno<int>(
        *until, [&](const timespec& host) { return real(queue, text, size, priority, &host); });
}

NETLAB_IN_FRONT ssize_t mq_timedreceive(mqd_t queue, char* text, size_t size, unsigned* priority,
                                        const timespec* until) {
    auto* const real = real_mq_timedreceive.get();
    return wait_for_errno<ssize_t>(
        *until, [&](const timespec& host) { return real(queue, text, size, priority, &host); });
}

// Those of C11 are the same in glibc, under other names and with other numbers for errors.

NETLAB_IN_FRONT int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    const int error = pthread_cond_timedwait(reinterpret_cast<pthread_cond_t*>(condition),
                                             reinterpret_cast<pthread_mutex_t*>(mutex), until);
    return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : thrd_error;
}

NETLAB_IN_FRONT int mtx_timedlock(mtx_t* mutex, const timespec* until) {
    const int error = pthread_mutex_timedlock(reinterpret_cast<pthread_mutex_t*>(mutex), until);
    return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : thrd_error;
}
