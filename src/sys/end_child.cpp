#include "sys/end_child.h"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <sys/wait.h>

namespace netlab {

namespace {

constexpr ::timespec between_looks{0, 1'000'000};

} // namespace

void end_child(pid_t child, std::chrono::milliseconds patience) {
    ::kill(child, SIGKILL);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto ended = ::waitpid(child, nullptr, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) {
            return;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return;
        }
        ::nanosleep(&between_looks, nullptr);
    }
}

} // namespace netlab
