#include "cli/terminal.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// The kernel's buffers of a pty hold less than this, so after the command's end there is no more
/// of its own in them.
constexpr std::size_t most_at_once = 64UL << 10U;
/// How long a shell may take to put its things in order when its terminal goes.
constexpr auto time_to_hang_up = 1s;

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// A terminal's file opened once more, without blocking. O_NONBLOCK on the one we were given would
/// also hold for the shell that gave it to us. Where it cannot be opened (another user's terminal)
/// the given one has to do.
class OwnDescription {
public:
    OwnDescription(int given, int flags)
        : given_{given}, own_{::open(("/proc/self/fd/" + std::to_string(given)).c_str(),
                                     flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)} {}

    int get() const { return own_ ? own_.get() : given_; }

private:
    int given_;
    UniqueFd own_;
};

/// Bytes on their way in one direction. More are read when all have been written.
class Direction {
public:
    Direction(int from, int to) : from_{from}, to_{to} {}

    bool pending() const { return begin_ < end_; }
    bool closed() const { return closed_; }
    bool can_fill() const { return !pending() && !closed_; }

    /// Reads what is there. Returns how much.
    std::size_t fill() {
        const auto got = ::read(from_, bytes_.data(), bytes_.size());
        if (got <= 0) {
            closed_ = got == 0 || !would_block(errno);
            return 0;
        }
        begin_ = 0;
        end_ = static_cast<std::size_t>(got);
        return end_;
    }

    /// Writes what can be written. False if the other side has gone.
    bool flush() {
        const auto put = ::write(to_, bytes_.data() + begin_, end_ - begin_);
        if (put < 0) {
            return would_block(errno);
        }
        begin_ += static_cast<std::size_t>(put);
        return true;
    }

    void drop() { begin_ = end_; }

private:
    int from_;
    int to_;
    std::array<char, 16384> bytes_{};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool closed_ = false;
};

bool has(const ::pollfd& polled, int events) {
    return (polled.revents & events) != 0;
}

/// Carries bytes between the caller's terminal and the node's until the command ends.
class Relay {
public:
    Relay(JoinedCommand& command, const SignalInbox& inbox, const RawMode& raw)
        : command_{command}, inbox_{inbox}, raw_{raw}, in_{0, O_RDONLY}, out_{1, O_WRONLY},
          typed_{in_.get(), command.terminal_fd()}, shown_{command.terminal_fd(), out_.get()} {}

    /// The signal that made us give up, 0 if the command ended.
    int run() {
        while (lost_ == 0) {
            std::array<::pollfd, 6> polled{
                {{command_.ended_fd(), POLLIN, 0},
                 {inbox_.fd(), POLLIN, 0},
                 {typed_.can_fill() ? in_.get() : -1, POLLIN, 0},
                 {typed_.pending() ? command_.terminal_fd() : -1, POLLOUT, 0},
                 {shown_.can_fill() ? command_.terminal_fd() : -1, POLLIN, 0},
                 {shown_.pending() ? out_.get() : -1, POLLOUT, 0}}};
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
                throw_errno(errno, "wait for the terminal");
            }
            if (has(polled[1], POLLIN)) {
                take_signals();
            }
            carry(polled);
            if (has(polled[0], POLLIN)) {
                drain();
                return 0;
            }
        }
        return lost_;
    }

private:
    void carry(const std::array<::pollfd, 6>& polled) {
        if (has(polled[2], POLLIN | POLLHUP | POLLERR)) {
            typed_.fill();
            lost_ = typed_.closed() ? SIGHUP : lost_;
        }
        if (has(polled[3], POLLOUT | POLLHUP | POLLERR)) {
            typed_.flush(); // the node's terminal has gone only if the command has: that is seen
                            // otherwise
        }
        if (has(polled[4], POLLIN | POLLHUP | POLLERR)) {
            shown_.fill();
        }
        if (has(polled[5], POLLOUT | POLLHUP | POLLERR) && !shown_.flush()) {
            lost_ = SIGHUP;
        }
    }

    void take_signals() {
        for (int signal = 0; (signal = inbox_.next()) != 0;) {
            if (signal == SIGWINCH || signal == SIGCONT) {
                copy_size();
            }
            if (signal == SIGCONT && !raw_.renew()) {
                lost_ = SIGHUP; // the kernel sends both when a terminal goes
            }
            if (signal == SIGTERM || signal == SIGHUP || signal == SIGINT || signal == SIGQUIT) {
                lost_ = signal;
            }
        }
    }

    void copy_size() const {
        ::winsize size{};
        if (::ioctl(0, TIOCGWINSZ, &size) == 0) {
            ::ioctl(command_.terminal_fd(), TIOCSWINSZ, &size);
        }
    }

    /// What the command wrote before it ended. Not until end-of-file: a daemon that it left may
    /// hold the terminal.
    void drain() {
        for (std::size_t drained = 0; drained < most_at_once && lost_ == 0;) {
            if (!shown_.pending()) {
                const auto got = shown_.fill();
                if (got == 0) {
                    return;
                }
                drained += got;
            }
            std::array<::pollfd, 2> polled{{{out_.get(), POLLOUT, 0}, {inbox_.fd(), POLLIN, 0}}};
            ::poll(polled.data(), polled.size(), -1);
            if (has(polled[1], POLLIN)) {
                take_signals();
            }
            if (polled[0].revents != 0 && !shown_.flush()) {
                return;
            }
        }
    }

    JoinedCommand& command_;
    const SignalInbox& inbox_;
    const RawMode& raw_;
    OwnDescription in_;
    OwnDescription out_;
    Direction typed_;
    Direction shown_;
    int lost_ = 0;
};

TerminalShape shape_of_caller() {
    TerminalShape shape;
    ::ioctl(0, TIOCGWINSZ, &shape.size);
    // A terminal that is raw now belongs to a program that draws on it; the node's shell needs a
    // usual one.
    shape.copy_modes = ::tcgetattr(0, &shape.modes) == 0 && (shape.modes.c_lflag & ICANON) != 0;
    shape.takes_stderr = ::isatty(2) == 1;
    return shape;
}

int run_in_terminal(const JoinRequest& request) {
    const auto shape = shape_of_caller();
    auto command = start_in_node(request, CommandStdio{}, &shape);
    {
        const SignalInbox inbox{SIGWINCH, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
        const RawMode raw{0};
        const int lost = Relay{command, inbox, raw}.run();
        if (lost != 0) {
            command.hang_up();
            ::pollfd ended{command.ended_fd(), POLLIN, 0};
            ::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds{time_to_hang_up}.count()));
            return 128 + lost;
        }
    }
    return command.wait();
}

int run_passed_through(const JoinRequest& request) {
    const SignalInbox inbox{SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    auto command = start_in_node(request, CommandStdio{});
    for (;;) {
        std::array<::pollfd, 2> polled{{{command.ended_fd(), POLLIN, 0}, {inbox.fd(), POLLIN, 0}}};
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
            throw_errno(errno, "wait for the command");
        }
        for (int signal = 0; has(polled[1], POLLIN) && (signal = inbox.next()) != 0;) {
            command.send_signal(signal);
        }
        if (has(polled[0], POLLIN)) {
            return command.wait();
        }
    }
}

} // namespace

RawMode::RawMode(int fd) : fd_{fd} {
    check(::tcgetattr(fd_, &before_), "read the modes of the terminal");
    if (!renew()) {
        throw_errno(errno, "make the terminal raw");
    }
}

RawMode::~RawMode() {
    ::tcsetattr(fd_, TCSANOW, &before_);
}

bool RawMode::renew() const {
    auto modes = before_;
    ::cfmakeraw(&modes);
    return ::tcsetattr(fd_, TCSANOW, &modes) == 0;
}

SignalInbox::SignalInbox(std::initializer_list<int> signals) {
    ::sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int signal : signals) {
        ::sigaddset(&wanted, signal);
    }
    check(::sigprocmask(SIG_BLOCK, &wanted, &before_), "block signals");
    fd_.reset(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd_) {
        const int error = errno;
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
        throw_errno(error, "watch for signals");
    }
}

SignalInbox::~SignalInbox() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int SignalInbox::next() const {
    ::signalfd_siginfo came{};
    return ::read(fd_.get(), &came, sizeof came) == sizeof came ? static_cast<int>(came.ssi_signo)
                                                                : 0;
}

int run_in_node(const JoinRequest& request) {
    const bool on_terminal = ::isatty(0) == 1 && ::isatty(1) == 1;
    return on_terminal ? run_in_terminal(request) : run_passed_through(request);
}

} // namespace netlab
