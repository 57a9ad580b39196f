#include "sys/process.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

std::span<char> argument_area; // argv strings and, right behind them, the environment's

std::string read_all(int fd) {
    std::string text;
    std::array<char, 512> buffer{};
    for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0 && text.size() < 4096;) {
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return text;
}

[[noreturn]] void become(const std::vector<std::string>& argv, int error_fd) {
    std::vector<char*> pointers;
    for (const auto& word : argv) {
        pointers.push_back(const_cast<char*>(word.c_str()));
    }
    pointers.push_back(nullptr);
    ::dup2(error_fd, STDERR_FILENO);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
}

} // namespace

Clone clone_process(std::uint64_t namespaces, bool with_pidfd) {
    int pidfd = -1;
    clone_args args{};
    args.flags = namespaces | (with_pidfd ? CLONE_PIDFD : 0);
    args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    // With CLONE_PARENT it is the caller's own, and may not be given.
    args.exit_signal = (namespaces & CLONE_PARENT) == 0 ? SIGCHLD : 0;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
    return {pid, UniqueFd{pid > 0 ? pidfd : -1}};
}

void raise_open_files_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void close_other_files(std::vector<int> kept) {
    std::ranges::sort(kept);
    int next = STDERR_FILENO + 1;
    for (const int fd : kept) {
        if (fd > next) {
            check(::close_range(static_cast<unsigned>(next), static_cast<unsigned>(fd) - 1, 0),
                  "close the caller's files");
        }
        next = std::max(next, fd + 1);
    }
    check(::close_range(static_cast<unsigned>(next), ~0U, 0), "close the caller's files");
}

bool wait_for_end(const UniqueFd& pidfd, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd wait{pidfd.get(), POLLIN, 0};
        const int ready =
            ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready > 0) {
            return true;
        }
        if (ready == 0 || errno != EINTR) {
            return false;
        }
    }
}

int run_program(const std::vector<std::string>& argv, std::string& complaint) {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for {}", argv[0]);
    UniqueFd reading{ends[0]};
    UniqueFd writing{ends[1]};
    const pid_t pid = check(::fork(), "fork for {}", argv[0]);
    if (pid == 0) {
        become(argv, writing.get());
    }
    writing.reset();
    complaint += read_all(reading.get());
    int status = 0;
    uninterrupted([&] { return ::waitpid(pid, &status, 0); });
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void open_missing_stdio() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) < 0) {
            // It takes the lowest number, fd, and is to be there for programs that are run.
            check(::open("/dev/null", O_RDWR), "open /dev/null"); // NOLINT(android-cloexec-open)
        }
    }
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        ::signal(signal, SIG_DFL); // refused for SIGKILL, SIGSTOP and those glibc keeps for itself
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

UniqueFd watch_children() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    return UniqueFd{
        check(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "watch child processes")};
}

bool take_ends(const UniqueFd& children) {
    signalfd_siginfo info{};
    bool any = false;
    while (::read(children.get(), &info, sizeof info) == sizeof info) {
        any = true;
    }
    return any;
}

void remember_arguments(int argc, char** argv) {
    // The kernel lays argv and envp strings side by side; both ends are found from the pointers.
    char* end = argv[0];
    for (int i = 0; i < argc; ++i) {
        end = std::max(end, argv[i] + std::strlen(argv[i]) + 1);
    }
    for (char** variable = environ; *variable != nullptr; ++variable) {
        end = std::max(end, *variable + std::strlen(*variable) + 1);
    }
    argument_area = {argv[0], static_cast<std::size_t>(end - argv[0])};
}

void retitle_process(const std::string& title) {
    ::prctl(PR_SET_NAME, title.substr(0, 15).c_str());
    if (argument_area.empty()) {
        return;
    }
    ::clearenv();
    std::ranges::fill(argument_area, '\0');
    // The last byte stays NUL. The kernel shows the text up to its first NUL once the last byte of
    // the original argv is not NUL, and the whole of argv otherwise (fs/proc/base.c,
    // get_mm_cmdline).
    std::copy_n(title.data(), std::min(title.size(), argument_area.size() - 1),
                argument_area.data());
}

} // namespace netlab
