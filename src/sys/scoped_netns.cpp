#include "sys/scoped_netns.h"

#include "sys/check.h"

#include <cstdlib>
#include <string_view>
#include <tuple>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

UniqueFd open_own_netns() {
    return UniqueFd{check(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC),
                          "open this thread's network namespace")};
}

} // namespace

ScopedNetns::ScopedNetns(pid_t pid) : home_(open_own_netns()) {
    const UniqueFd target{static_cast<int>(check(
        ::syscall(SYS_pidfd_open, pid, 0), "open process {} to enter its network namespace", pid))};
    check(::setns(target.get(), CLONE_NEWNET), "enter the network namespace of process {}", pid);
}

ScopedNetns::ScopedNetns(const UniqueFd& fd) : home_(open_own_netns()) {
    check(::setns(fd.get(), CLONE_NEWNET), "enter a network namespace");
}

ScopedNetns::~ScopedNetns() {
    // Going on in the wrong namespace would configure the wrong node. Not abort(): its signal means
    // nothing to a PID 1, which a debugger then keeps at it for ever.
    if (::setns(home_.get(), CLONE_NEWNET) != 0) {
        constexpr std::string_view words = "cannot go back to the lab's own network namespace\n";
        std::ignore = ::write(STDERR_FILENO, words.data(), words.size());
        ::_exit(EXIT_FAILURE);
    }
}

} // namespace netlab
