#include "sys/blocked_signals.h"

#include "sys/check.h"

#include <sys/signalfd.h>

namespace netlab {

BlockedSignals::BlockedSignals(std::initializer_list<int> signals) {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : signals) {
        sigaddset(&blocked, signal);
    }
    ::sigprocmask(SIG_BLOCK, &blocked, &before_);
    fd_.reset(check(::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK), "wait for signals"));
}

BlockedSignals::~BlockedSignals() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace netlab
