#include "support/program.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using std::chrono::steady_clock;

struct Pipe {
    std::array<int, 2> ends{};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error{"cannot make a pipe"};
        }
    }
};

/// A file rather than a pipe, so that nobody has to feed it.
int file_with(const std::string& text) {
    const int fd = ::memfd_create("stdin", MFD_CLOEXEC);
    if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(fd, 0, SEEK_SET) != 0) {
        throw std::runtime_error{"cannot make a file for stdin"};
    }
    return fd;
}

[[noreturn]] void become(const std::vector<std::string>& argv, const Setting& setting,
                         std::array<int, 3> stdio) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int fd = 0; fd < 3; ++fd) {
        ::dup2(stdio[static_cast<std::size_t>(fd)], fd);
    }
    for (const auto& [name, value] : setting.env) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    std::vector<char*> words;
    for (const auto& word : argv) {
        words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    if (::chdir(setting.directory.c_str()) == 0) {
        ::execvp(words[0], words.data());
    }
    ::_exit(127);
}

/// Reads once; closes at the end.
void take(int& fd, std::string& text) {
    std::array<char, 65536> bytes{};
    const auto got = ::read(fd, bytes.data(), bytes.size());
    if (got > 0) {
        text.append(bytes.data(), static_cast<std::size_t>(got));
    } else {
        ::close(fd);
        fd = -1;
    }
}

int milliseconds_until(steady_clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

} // namespace

Program::Program(const std::vector<std::string>& argv, const Setting& setting)
    : deadline_(steady_clock::now() + setting.patience) {
    Pipe out;
    Pipe err;
    const int in = file_with(setting.input);
    pid_ = ::fork();
    if (pid_ == 0) {
        become(argv, setting, {in, out.ends[1], err.ends[1]});
    }
    ::close(in);
    ::close(out.ends[1]);
    ::close(err.ends[1]);
    out_ = out.ends[0];
    err_ = err.ends[0];
    if (pid_ < 0) {
        throw std::runtime_error{"cannot fork"};
    }
}

Program::~Program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

void Program::signal(int number) const {
    ::kill(pid_, number);
}

void Program::read_streams(Ended& ended) {
    while (out_ >= 0 || err_ >= 0) {
        std::array<pollfd, 2> polled{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
        if (::poll(polled.data(), polled.size(), milliseconds_until(deadline_)) == 0) {
            return;
        }
        if (polled[0].revents != 0) {
            take(out_, ended.out);
        }
        if (polled[1].revents != 0) {
            take(err_, ended.err);
        }
    }
}

Ended Program::finish() {
    Ended ended;
    read_streams(ended);
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (steady_clock::now() > deadline_) {
            ended.err += "\n(did not end in time)";
            return ended;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    pid_ = -1;
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (out_ >= 0 || err_ >= 0) {
        ended.err += "\n(ended, but something holds its output open)";
        ended.code = -1;
    }
    return ended;
}

Ended run(const std::vector<std::string>& argv, const Setting& setting) {
    return Program{argv, setting}.finish();
}

std::string content_of(const std::filesystem::path& path) {
    std::string text;
    // Not a stream: those throw when a process goes while its file in /proc is read.
    for (int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); fd >= 0;) {
        take(fd, text);
    }
    return text;
}

void short_pause() {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

} // namespace netlab::test
