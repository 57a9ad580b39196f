#include "sys/end_child.h"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <sys/wait.h>

namespace netlab {

namespace {

constexpr int most_looks = 200;
constexpr ::timespec between_looks{0, 1'000'000};

} // namespace

void end_child(pid_t child) {
    ::kill(child, SIGKILL);
    for (int i = 0; i < most_looks; ++i) {
        const auto ended = ::waitpid(child, nullptr, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) {
            return;
        }
        ::nanosleep(&between_looks, nullptr);
    }
}

} // namespace netlab
