#include "packet/wire_process.h"

#include "packet/wire_protocol.h"
#include "packet/wire_server.h"
#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{5};

void forget_signals() {
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // refused for SIGKILL and SIGSTOP, as it should be
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Nothing open but `socket`, which becomes the descriptor returned, and stderr, which is the log.
UniqueFd keep_only(const UniqueFd& socket) {
    constexpr int place = STDERR_FILENO + 1;
    const int null = check(::open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null");
    check(::dup2(null, STDIN_FILENO), "let go of stdin");
    check(::dup2(null, STDOUT_FILENO), "let go of stdout");
    check(::dup2(socket.get(), place), "keep the socket");
    check(::close_range(place + 1, ~0U, 0), "close the caller's files");
    return UniqueFd{place};
}

/// A frame is late by what passes until this process runs. More than an ordinary process has is
/// given to few; without it the wire works all the same.
void ask_for_punctuality() {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    ::setpriority(PRIO_PROCESS, 0, -10);
}

[[noreturn]] void run_wires(const UniqueFd& socket, pid_t parent, const std::string& title,
                            FrameCalls calls) {
    int code = 1;
    try {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(0); // the parent ended before it could be watched
        }
        ::setsid();
        forget_signals();
        const auto kept = keep_only(socket);
        retitle_process(title);
        ask_for_punctuality();
        serve_wires(kept, calls);
        code = 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "netlab: the wires end: %s\n", error.what());
    }
    ::_exit(code);
}

bool wait_for_answer(const UniqueFd& socket, steady_clock::time_point deadline) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        pollfd waiting{socket.get(), POLLIN, 0};
        const int ready =
            ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (ready >= 0 || errno != EINTR) {
            return ready > 0;
        }
    }
}

/// The answer with this number; what is left of those nobody waited for any more is passed over.
WireReply await(const UniqueFd& socket, std::uint32_t number, const std::string& attempt) {
    const auto deadline = steady_clock::now() + patience;
    while (wait_for_answer(socket, deadline)) {
        WireReply reply;
        const auto size = ::recv(socket.get(), &reply, sizeof reply, MSG_DONTWAIT);
        if (size == 0 || (size < 0 && errno == ECONNRESET)) {
            throw_errno(EPIPE, attempt + ": the process of the wires has ended");
        }
        if (size == sizeof reply && reply.number == number) {
            return reply;
        }
    }
    throw_errno(ETIMEDOUT, attempt + ": no answer from the process of the wires");
}

WireReply ask(const UniqueFd& socket, WireRequest request, const std::string& attempt,
              const std::vector<int>& taps = {}) {
    static std::uint32_t last_number = 0;
    request.number = ++last_number;
    send_request(socket, request, taps);
    auto reply = await(socket, request.number, attempt);
    if (reply.error != 0) {
        reply.attempt.back() = '\0';
        throw std::system_error(reply.error, std::generic_category(),
                                fmt::format("cannot {}: {}", attempt, reply.attempt.data()));
    }
    return reply;
}

} // namespace

WireCounters& WireCounters::operator+=(const WireCounters& other) {
    frames += other.frames;
    bytes += other.bytes;
    lost += other.lost;
    dropped += other.dropped;
    waiting += other.waiting;
    return *this;
}

WireProcess WireProcess::start(const std::string& title, FrameCalls calls) {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()),
          "make a channel to the process of the wires");
    UniqueFd ours{ends[0]};
    const UniqueFd theirs{ends[1]};
    const pid_t parent = ::getpid();
    const pid_t pid = check(clone_process(0).pid, "start the process of the wires");
    if (pid == 0) {
        run_wires(theirs, parent, title, calls);
    }
    WireProcess process{pid, std::move(ours)};
    try {
        await(process.socket_, 0, "start the process of the wires");
    } catch (const std::system_error&) {
        end_child(pid);
        throw;
    }
    return process;
}

void WireProcess::connect(WireId wire, const UniqueFd& a, const UniqueFd& b,
                          const BothWays<Impairment>& entering) {
    ask(socket_, {WireRequest::Kind::connect, 0, wire, entering},
        fmt::format("connect wire {}", wire), {a.get(), b.get()});
}

void WireProcess::shape(WireId wire, const BothWays<Impairment>& entering) {
    ask(socket_, {WireRequest::Kind::shape, 0, wire, entering}, fmt::format("shape wire {}", wire));
}

void WireProcess::disconnect(WireId wire) {
    ask(socket_, {WireRequest::Kind::disconnect, 0, wire, {}},
        fmt::format("disconnect wire {}", wire));
}

BothWays<WireCounters> WireProcess::counters(WireId wire) {
    return ask(socket_, {WireRequest::Kind::counters, 0, wire, {}},
               fmt::format("count the frames of wire {}", wire))
        .counters;
}

} // namespace netlab
