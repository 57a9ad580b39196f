#include "support/screen.h"

#include "support/program.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace netlab::test {

Screen::Screen(const std::vector<std::string>& argv, const std::map<std::string, std::string>& env,
               unsigned short rows, unsigned short columns) {
    const ::winsize size{rows, columns, 0, 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ < 0) {
        throw std::runtime_error{"cannot open a terminal"};
    }
    if (pid_ == 0) {
        for (const auto& [name, value] : env) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        std::vector<char*> words;
        for (const auto& word : argv) {
            words.push_back(const_cast<char*>(word.c_str()));
        }
        words.push_back(nullptr);
        ::signal(SIGTERM, SIG_DFL); // Catch has a handler for it
        ::execvp(words[0], words.data());
        std::_Exit(127);
    }
    ::fcntl(terminal_, F_SETFL, O_NONBLOCK);
}

Screen::~Screen() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
}

void Screen::type(const std::string& keys) const {
    if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
        throw std::runtime_error{"cannot type"};
    }
}

void Screen::resize(unsigned short rows, unsigned short columns) const {
    const ::winsize size{rows, columns, 0, 0};
    ::ioctl(terminal_, TIOCSWINSZ, &size);
}

void Screen::read() {
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(terminal_, piece.data(), piece.size())) > 0;) {
        bytes_.append(piece.data(), static_cast<std::size_t>(got));
    }
}

bool Screen::shows(const std::string& text) {
    return eventually([&] {
        read();
        const auto at = bytes_.find(text, seen_);
        seen_ = at == std::string::npos ? seen_ : at + text.size();
        return at != std::string::npos;
    });
}

const std::string& Screen::bytes() {
    read();
    return bytes_;
}

bool Screen::is_cooked() const {
    ::termios modes{};
    return ::tcgetattr(terminal_, &modes) == 0 && (modes.c_lflag & ICANON) != 0 &&
           (modes.c_lflag & ECHO) != 0;
}

bool Screen::stops() const {
    int status = 0;
    return eventually([&] { return ::waitpid(pid_, &status, WNOHANG | WUNTRACED) == pid_; }) &&
           WIFSTOPPED(status);
}

void Screen::signal(int number) const {
    ::kill(pid_, number);
}

int Screen::end() {
    int status = 0;
    const bool ended = eventually([&] {
        read(); // what the terminal holds could keep it from ending
        return ::waitpid(pid_, &status, WNOHANG) == pid_;
    });
    if (!ended) {
        return -1;
    }
    pid_ = -1;
    read();
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace netlab::test
