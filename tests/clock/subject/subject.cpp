#include "clock/page.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

// A program of somebody else's, which asks for the time and waits in every way there is. It is told
// by how many seconds its clock is off, and says what does not go by that.

namespace {

constexpr std::int64_t billion = 1'000'000'000;
constexpr std::int64_t patience = billion / 20;

std::int64_t number(const timespec& time) {
    return time.tv_sec * billion + time.tv_nsec;
}
timespec spec(std::int64_t time) {
    return {time / billion, time % billion};
}

std::int64_t host(clockid_t clock) {
    timespec time{};
    ::syscall(SYS_clock_gettime, clock, &time);
    return number(time);
}
std::int64_t shown(clockid_t clock = CLOCK_REALTIME) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return number(time);
}

int wrong = 0;

void say(bool right, const char* what, const std::string& found) {
    if (!right) {
        std::printf("%s: %s\n", what, found.c_str());
        ++wrong;
    }
}

void is_off(const char* what, std::int64_t time, std::int64_t from, std::int64_t off) {
    const double seconds = static_cast<double>(time - from) / 1e9;
    say(seconds > static_cast<double>(off) - 1.5 && seconds < static_cast<double>(off) + 1.5, what,
        "off by " + std::to_string(seconds));
}

void ask(std::int64_t off) {
    is_off("clock_gettime", shown(), host(CLOCK_REALTIME), off);
    is_off("coarse", shown(CLOCK_REALTIME_COARSE), host(CLOCK_REALTIME), off);
    is_off("tai", shown(CLOCK_TAI), host(CLOCK_TAI), off);
    is_off("monotonic", shown(CLOCK_MONOTONIC), host(CLOCK_MONOTONIC), 0);
    is_off("boot", shown(CLOCK_BOOTTIME), host(CLOCK_BOOTTIME), 0);
    timeval day{};
    ::gettimeofday(&day, nullptr);
    is_off("gettimeofday", day.tv_sec * billion, host(CLOCK_REALTIME), off);
    time_t now = 0;
    is_off("time", ::time(&now) * billion, host(CLOCK_REALTIME), off);
    is_off("time's argument", now * billion, host(CLOCK_REALTIME), off);
    timespec utc{};
    std::timespec_get(&utc, TIME_UTC);
    is_off("timespec_get", number(utc), host(CLOCK_REALTIME), off);
    timex answer{};
    ::adjtimex(&answer);
    is_off("adjtimex", answer.time.tv_sec * billion, host(CLOCK_REALTIME), off);
    ntptimeval ntp{};
    ::ntp_gettime(&ntp);
    is_off("ntp_gettime", ntp.time.tv_sec * billion, host(CLOCK_REALTIME), off);
    is_off("system_clock", std::chrono::system_clock::now().time_since_epoch().count(),
           host(CLOCK_REALTIME), off);
}

/// `wait` returns an error number; what waits for the wrong time ends at once, or never.
void wait(const char* what, int expected, clockid_t clock,
          const std::function<int(timespec)>& wait) {
    const auto begin = host(CLOCK_MONOTONIC);
    const int result = wait(spec(shown(clock) + patience));
    const auto lasted = host(CLOCK_MONOTONIC) - begin;
    say(result == expected && lasted >= patience - 1'000'000, what,
        std::string{std::strerror(result)} + " after " + std::to_string(lasted) + " ns");
}

int from_errno(long result) {
    return result < 0 ? errno : 0;
}

int wait_for_timer(int fd) {
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, -1) == 1 ? 0 : errno;
}

int timer_descriptor(clockid_t clock, timespec until) {
    const int fd = ::timerfd_create(clock, TFD_CLOEXEC);
    const itimerspec value{{0, 0}, until};
    const int set = from_errno(::timerfd_settime(fd, TFD_TIMER_ABSTIME, &value, nullptr));
    const int result = set == 0 ? wait_for_timer(fd) : set;
    ::close(fd);
    return result;
}

int timer_signal(clockid_t clock, timespec until) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR2;
    timer_t timer{};
    ::timer_create(clock, &event, &timer);
    const itimerspec value{{0, 0}, until};
    const int set = from_errno(::timer_settime(timer, TIMER_ABSTIME, &value, nullptr));
    const int result = set != 0 || ::sigwaitinfo(&signals, nullptr) == SIGUSR2 ? set : errno;
    ::timer_delete(timer);
    return result;
}

void wait_by_timers() {
    wait("timerfd", 0, CLOCK_REALTIME,
         [](timespec until) { return timer_descriptor(CLOCK_REALTIME, until); });
    wait("timerfd monotonic", 0, CLOCK_MONOTONIC,
         [](timespec until) { return timer_descriptor(CLOCK_MONOTONIC, until); });
    wait("timer", 0, CLOCK_REALTIME,
         [](timespec until) { return timer_signal(CLOCK_REALTIME, until); });
    wait("timer monotonic", 0, CLOCK_MONOTONIC,
         [](timespec until) { return timer_signal(CLOCK_MONOTONIC, until); });
    wait("timer monotonic, again", 0, CLOCK_MONOTONIC,
         [](timespec until) { return timer_signal(CLOCK_MONOTONIC, until); });
}

void wait_by_sleep() {
    wait("clock_nanosleep", 0, CLOCK_REALTIME, [](timespec until) {
        return ::clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
    });
    wait("clock_nanosleep monotonic", 0, CLOCK_MONOTONIC, [](timespec until) {
        return ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    });
    wait("clock_nanosleep relative", 0, CLOCK_REALTIME, [](timespec) {
        const auto time = spec(patience);
        return ::clock_nanosleep(CLOCK_REALTIME, 0, &time, nullptr);
    });
    wait("nanosleep", 0, CLOCK_REALTIME, [](timespec) {
        const auto time = spec(patience);
        return from_errno(::nanosleep(&time, nullptr));
    });
}

/// The end of a slice is a wakeup without cause, so each is asked in a loop, as it has to be.
template <class Wait>
int until_late(pthread_mutex_t& mutex, const Wait& wait) {
    ::pthread_mutex_lock(&mutex);
    int result = 0;
    while (result == 0) {
        result = wait();
    }
    ::pthread_mutex_unlock(&mutex);
    return result;
}

void wait_for_conditions() {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    static pthread_cond_t monotonic;
    pthread_condattr_t attributes;
    ::pthread_condattr_init(&attributes);
    ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    ::pthread_cond_init(&monotonic, &attributes);
    wait("pthread_cond_timedwait", ETIMEDOUT, CLOCK_REALTIME, [](timespec until) {
        return until_late(mutex,
                          [&] { return ::pthread_cond_timedwait(&condition, &mutex, &until); });
    });
    wait("pthread_cond_timedwait monotonic", ETIMEDOUT, CLOCK_MONOTONIC, [](timespec until) {
        return until_late(mutex,
                          [&] { return ::pthread_cond_timedwait(&monotonic, &mutex, &until); });
    });
    for (const auto clock : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
        wait("pthread_cond_clockwait", ETIMEDOUT, clock, [&](timespec until) {
            return until_late(
                mutex, [&] { return ::pthread_cond_clockwait(&condition, &mutex, clock, &until); });
        });
    }
}

void wait_for_locks() {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    ::pthread_mutex_lock(&mutex);
    ::pthread_rwlock_wrlock(&lock);
    std::thread{[] {
        wait("pthread_mutex_timedlock", ETIMEDOUT, CLOCK_REALTIME,
             [](timespec until) { return ::pthread_mutex_timedlock(&mutex, &until); });
        wait("pthread_mutex_clocklock", ETIMEDOUT, CLOCK_MONOTONIC, [](timespec until) {
            return ::pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &until);
        });
        wait("pthread_rwlock_timedrdlock", ETIMEDOUT, CLOCK_REALTIME,
             [](timespec until) { return ::pthread_rwlock_timedrdlock(&lock, &until); });
        wait("pthread_rwlock_timedwrlock", ETIMEDOUT, CLOCK_REALTIME,
             [](timespec until) { return ::pthread_rwlock_timedwrlock(&lock, &until); });
        wait("pthread_rwlock_clockrdlock", ETIMEDOUT, CLOCK_REALTIME, [](timespec until) {
            return ::pthread_rwlock_clockrdlock(&lock, CLOCK_REALTIME, &until);
        });
    }}.join();
    std::thread sleeper{[] { ::usleep(200'000); }};
    wait("pthread_timedjoin_np", ETIMEDOUT, CLOCK_REALTIME, [&](timespec until) {
        return ::pthread_timedjoin_np(sleeper.native_handle(), nullptr, &until);
    });
    sleeper.join();
}

void wait_for_messages() {
    sem_t semaphore;
    ::sem_init(&semaphore, 0, 0);
    wait("sem_timedwait", ETIMEDOUT, CLOCK_REALTIME,
         [&](timespec until) { return from_errno(::sem_timedwait(&semaphore, &until)); });
    wait("sem_clockwait", ETIMEDOUT, CLOCK_MONOTONIC, [&](timespec until) {
        return from_errno(::sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until));
    });
    mq_attr attributes{};
    attributes.mq_maxmsg = 1;
    attributes.mq_msgsize = 8;
    const auto queue =
        ::mq_open("/netlab-subject", O_RDWR | O_CREAT | O_CLOEXEC, 0600, &attributes);
    char text[8]{};
    wait("mq_timedreceive", ETIMEDOUT, CLOCK_REALTIME, [&](timespec until) {
        return from_errno(::mq_timedreceive(queue, text, sizeof text, nullptr, &until));
    });
    ::mq_send(queue, text, 1, 0);
    wait("mq_timedsend", ETIMEDOUT, CLOCK_REALTIME,
         [&](timespec until) { return from_errno(::mq_timedsend(queue, text, 1, 0, &until)); });
    ::mq_close(queue);
    ::mq_unlink("/netlab-subject");
}

netlab::ClockPage& open_page() {
    const int file = ::open(netlab::clock_page_file, O_RDWR | O_CLOEXEC);
    return *static_cast<netlab::ClockPage*>(
        ::mmap(nullptr, sizeof(netlab::ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
}

void move(netlab::ClockPage& page, std::int64_t seconds) {
    page.settings[(page.turn + 1) % 2].offset = seconds * billion;
    ++page.turn;
}

/// Waits an hour ahead, while the clock is moved by two.
void jump() {
    const auto before = shown();
    auto& page = open_page();
    std::thread mover{[&] {
        ::usleep(30'000);
        move(page, 7200);
    }};
    const auto until = spec(before + 3600 * billion);
    ::clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
    mover.join();
    is_off("a sleep through a jump", shown(), before, 7200);
    move(page, 0);
    is_off("back again", shown(), host(CLOCK_REALTIME), 0);
}

} // namespace

int main(int argc, char** argv) {
    ::alarm(20); // what waits for the wrong hour
    if (argc > 1 && std::strcmp(argv[1], "jump") == 0) {
        jump();
        return wrong;
    }
    ask(argc > 1 ? std::atol(argv[1]) : 0);
    wait_by_sleep();
    wait_by_timers();
    wait_for_conditions();
    wait_for_locks();
    wait_for_messages();
    return wrong;
}
