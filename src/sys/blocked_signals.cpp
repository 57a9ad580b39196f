#include "sys/blocked_signals.h"

#include "sys/check.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace netlab {

BlockedSignals::BlockedSignals(std::initializer_list<int> signals) {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : signals) {
        struct sigaction action {};
        if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
            sigaddset(&blocked, signal);
        }
    }
    ::sigprocmask(SIG_BLOCK, &blocked, &before_);
    fd_.reset(check(::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK), "wait for signals"));
}

BlockedSignals::~BlockedSignals() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int BlockedSignals::take() const {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                                : 0;
}

} // namespace netlab
