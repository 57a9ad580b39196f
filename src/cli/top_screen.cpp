#include "cli/top_screen.h"

#include "cli/output.h"
#include "sys/check.h"

#include <algorithm>
#include <array>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace netlab {

namespace {

// The other screen, without a cursor; what is longer than a line ends with it.
constexpr const char* to_other_screen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[J";
constexpr const char* to_first_screen = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr char control_c = 3;

} // namespace

TopScreen::TopScreen() {
    check(::tcgetattr(STDIN_FILENO, &modes_), "read the modes of the terminal");
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
        sigaddset(&ends, signal);
    }
    ::sigprocmask(SIG_BLOCK, &ends, &signals_before_);
    signals_.reset(check(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK), "wait for signals"));
    enter();
}

TopScreen::~TopScreen() {
    try {
        leave();
    } catch (const OutputError&) {
        // the terminal has gone
    }
    ::sigprocmask(SIG_SETMASK, &signals_before_, nullptr);
}

void TopScreen::enter() const {
    auto keys = modes_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    check(::tcsetattr(STDIN_FILENO, TCSANOW, &keys), "set the modes of the terminal");
    print(stdout, to_other_screen);
}

void TopScreen::leave() const {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &modes_);
    print(stdout, to_first_screen);
}

/// By Ctrl-Z: the shell gets its terminal as it was, until it continues this process.
void TopScreen::step_back() const {
    leave();
    ::raise(SIGSTOP);
    enter();
}

void TopScreen::show(const std::string& text) const {
    std::string out = "\x1b[H";
    std::size_t line = 0;
    for (const char c : text) {
        if (c == '\n') {
            if (++line >= lines()) {
                break;
            }
            out += "\x1b[K\r\n";
        } else {
            out += c;
        }
    }
    print(stdout, out + "\x1b[J");
}

bool TopScreen::wait(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return true;
        }
        std::array<pollfd, 2> waits{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
        ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
        if (waits[1].revents != 0) {
            ::signalfd_siginfo signal{};
            if (::read(signals_.get(), &signal, sizeof signal) != sizeof signal ||
                signal.ssi_signo != SIGTSTP) {
                return false;
            }
            step_back();
            return true; // there is nothing on the screen yet
        }
        if (waits[0].revents != 0 && wants_end()) {
            return false;
        }
    }
}

bool TopScreen::wants_end() {
    std::array<char, 64> keys{};
    const auto got = ::read(STDIN_FILENO, keys.data(), keys.size());
    auto* const end = keys.data() + std::max<ssize_t>(got, 0);
    return got <= 0 || std::any_of(keys.data(), end, [](char key) {
               return key == 'q' || key == 'Q' || key == control_c;
           });
}

std::size_t TopScreen::lines() const {
    ::winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

} // namespace netlab
