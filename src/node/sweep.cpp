#include "node/sweep.h"

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <csignal>
#include <thread>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr auto between_sweeps = std::chrono::milliseconds{10};
constexpr auto patience_with_kernel = std::chrono::seconds{5};

/// The life of a process in the node's PID namespace. To kill(2), -1 is every process that it sees
/// but itself and PID 1.
int sweep(std::chrono::milliseconds patience) {
    const auto kill_at = steady_clock::now() + patience;
    bool killed = false;
    for (::kill(-1, SIGTERM); ::kill(-1, 0) == 0; std::this_thread::sleep_for(between_sweeps)) {
        const auto now = steady_clock::now();
        if (!killed && now >= kill_at) {
            killed = true;
            ::kill(-1, SIGKILL);
        }
        if (now >= kill_at + patience_with_kernel) {
            return 1;
        }
    }
    return 0;
}

/// Stays in the lab's user namespace, which has every power over the node's: out of reach of the
/// node's root.
int go_in_and_sweep(pid_t init, std::chrono::milliseconds patience) {
    check(::prctl(PR_SET_DUMPABLE, 0), "forbid tracing");
    {
        const UniqueFd pidfd{
            static_cast<int>(check(::syscall(SYS_pidfd_open, init, 0), "open the node"))};
        check(::setns(pidfd.get(), CLONE_NEWPID), "enter the node");
    }
    check(::syscall(SYS_close_range, 3U, ~0U, 0U), "close what is open");
    const pid_t inside = check(::fork(), "fork in the node");
    if (inside == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::_Exit(sweep(patience));
    }
    int status = 1;
    uninterrupted([&] { return ::waitpid(inside, &status, 0); });
    return status == 0 ? 0 : 1;
}

} // namespace

pid_t sweep_node(pid_t init, std::chrono::milliseconds patience) {
    const pid_t pid = check(::fork(), "fork to end a node's processes");
    if (pid == 0) {
        try {
            std::_Exit(go_in_and_sweep(init, patience));
        } catch (const std::exception&) {
            std::_Exit(1);
        }
    }
    return pid;
}

} // namespace netlab
