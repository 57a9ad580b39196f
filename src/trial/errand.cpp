#include "trial/errand.h"

#include "base/diagnostic.h"
#include "sys/check.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

using nlohmann::json;

json outcome(const std::function<json()>& work) {
    try {
        return {{"result", work()}};
    } catch (const InputError& error) {
        const auto& first = error.diagnostics().all().front();
        return {{"error", first.message + (first.hint.empty() ? "" : " (" + first.hint + ")")}};
    } catch (const std::exception& error) {
        return {{"error", error.what()}};
    }
}

[[noreturn]] void live_as_child(int to, pid_t parent, const std::function<json()>& work) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        std::_Exit(1);
    }
    const auto text = outcome(work).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    for (std::size_t put = 0; put < text.size();) {
        const auto more = ::write(to, text.data() + put, text.size() - put);
        if (more < 0 && errno != EINTR) {
            std::_Exit(1);
        }
        put += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
    std::_Exit(0);
}

} // namespace

Errand::Errand(const std::function<json()>& work) {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
    from_.reset(ends[0]);
    UniqueFd to{ends[1]};
    check(::fcntl(from_.get(), F_SETFL, O_NONBLOCK), "read a pipe without blocking");
    const auto parent = ::getpid();
    child_ = check(::fork(), "start a process for a step");
    if (child_ == 0) {
        live_as_child(to.get(), parent, work);
    }
    child_end_.reset(
        static_cast<int>(check(::syscall(SYS_pidfd_open, child_, 0), "watch a step's process")));
    either_.reset(check(::epoll_create1(EPOLL_CLOEXEC), "watch a step's process"));
    for (const int fd : {from_.get(), child_end_.get()}) {
        ::epoll_event event{};
        event.events = EPOLLIN;
        check(::epoll_ctl(either_.get(), EPOLL_CTL_ADD, fd, &event), "watch a step's process");
    }
}

/// Its last words are in the pipe then.
bool Errand::has_died() const {
    ::pollfd end{child_end_.get(), POLLIN, 0};
    return ::poll(&end, 1, 0) > 0;
}

Errand::~Errand() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        uninterrupted([&] { return ::waitpid(child_, nullptr, 0); });
    }
}

void Errand::send_signal(int signal) const {
    if (child_ > 0) {
        ::kill(child_, signal);
    }
}

bool Errand::take() {
    std::array<char, 65536> bytes{};
    const bool died = has_died();
    for (;;) {
        const auto got = ::read(from_.get(), bytes.data(), bytes.size());
        if (got > 0) {
            text_.append(bytes.data(), static_cast<std::size_t>(got));
            if (text_.ends_with('\n')) { // not at the end of the pipe: a lab that is kept holds it
                finish();
                return true;
            }
        } else if (got == 0) {
            finish();
            return true;
        } else if (errno == EAGAIN) {
            if (died) {
                finish();
            }
            return died;
        } else if (errno != EINTR) {
            throw_errno(errno, "read what a step's process says");
        }
    }
}

void Errand::finish() {
    uninterrupted([&] { return ::waitpid(child_, nullptr, 0); });
    child_ = -1;
    either_.reset(); // before what is in it: a kept lab has copies
    child_end_.reset();
    from_.reset();
    const auto said = json::parse(text_, nullptr, false);
    if (said.is_object() && said.contains("result")) {
        result_ = said["result"];
    } else {
        error_ = said.is_object() ? said.value("error", "") : "";
        error_ = error_.empty() ? "the process that did this step died" : error_;
    }
}

} // namespace netlab
