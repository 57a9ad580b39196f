#include "lab/slirp.h"

#include "base/split.h"
#include "sys/check.h"
#include "sys/process.h"
#include "topology/topology.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr int patience_ms = 30'000;
/// The program's descriptors behind stdin, stdout and stderr.
constexpr int netns_number = 3;
constexpr int ready_number = 4;
constexpr int exit_number = 5;

struct Pipe {
    UniqueFd reading;
    UniqueFd writing;

    Pipe() {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe to slirp4netns");
        reading.reset(ends[0]);
        writing.reset(ends[1]);
    }
};

std::vector<std::string> arguments(const SlirpNetwork& network) {
    std::vector<std::string> words{"slirp4netns",
                                   fmt::format("--ready-fd={}", ready_number),
                                   fmt::format("--exit-fd={}", exit_number),
                                   "--disable-host-loopback", // nodes are not the host's own
                                   "--enable-sandbox",
                                   "--enable-seccomp",
                                   "--cidr=" + to_string(network.subnet),
                                   "--netns-type=path"};
    if (network.ipv6) {
        words.emplace_back("--enable-ipv6");
    }
    words.push_back(fmt::format("/proc/self/fd/{}", netns_number));
    words.emplace_back(uplink_name);
    return words;
}

[[noreturn]] void give_up(const char* attempt) {
    const auto text = fmt::format("cannot {}: {}\n", attempt, ::strerror(errno));
    std::ignore = ::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(1);
}

void want(long result, const char* attempt) {
    if (result < 0) {
        give_up(attempt);
    }
}

/// What the processes between here and the program have in hand.
struct Start {
    const std::string& program;
    const std::vector<std::string>& words;
    int netns;
    int supervisor;
    int ready;
    int complaint;
    int exit;
};

[[noreturn]] void run(const Start& start) {
    std::vector<char*> argv;
    for (const auto& word : start.words) {
        argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};
    ::setsid();
    reset_signals();
    ::signal(SIGPIPE, SIG_IGN); // nobody reads what it says once it is ready
    ::execve(start.program.c_str(), argv.data(), environment.data());
    give_up("run slirp4netns");
}

/// Puts the descriptors where the program looks for them, above all that are still in use first.
void arrange(const Start& start) {
    constexpr int above = 20;
    const std::array from{::open("/dev/null", O_RDWR | O_CLOEXEC),
                          start.complaint,
                          start.complaint,
                          start.netns,
                          start.ready,
                          start.exit};
    std::array<int, from.size()> kept{};
    for (std::size_t i = 0; i < from.size(); ++i) {
        kept.at(i) = ::fcntl(from.at(i), F_DUPFD_CLOEXEC, above);
        want(kept.at(i), "keep a descriptor for slirp4netns");
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        want(::dup2(kept.at(i), static_cast<int>(i)), "place a descriptor for slirp4netns");
    }
    want(::syscall(SYS_close_range, static_cast<unsigned>(from.size()), ~0U, 0U),
         "close what is open");
}

/// Somebody has to take note of its end, or the lab's PID namespace does not end either: in a
/// container the first process may be one that never does.
[[noreturn]] void wait_holding_nothing(pid_t child) {
    ::setsid();
    ::signal(SIGHUP, SIG_IGN);
    ::syscall(SYS_close_range, 0U, ~0U, 0U);
    retitle_process("netlab: waits for slirp4netns");
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::_exit(0);
}

/// In the lab's user namespace it may enter the node's network, and in its PID namespace it ends
/// with the lab. It stays in the host's network and mount namespaces.
[[noreturn]] void enter_lab(const Start& start) {
    ::dup2(start.complaint, STDERR_FILENO);
    want(::setns(start.supervisor, CLONE_NEWUSER | CLONE_NEWPID), "enter the lab's namespaces");
    std::ignore = ::setgroups(0, nullptr); // refused where only one id is mapped
    want(::setresgid(0, 0, 0), "become the lab's root group");
    want(::setresuid(0, 0, 0), "become the lab's root");
    want(::chdir("/"), "change to the root directory");
    const pid_t child = ::fork();
    want(child, "fork slirp4netns");
    if (child == 0) {
        arrange(start);
        run(start);
    }
    wait_holding_nothing(child);
}

/// What was said until the other end closed, a kilobyte at most.
std::string read_complaint(const UniqueFd& pipe) {
    std::string text;
    std::array<char, 1024> buffer{};
    pollfd waits{pipe.get(), POLLIN, 0};
    while (text.size() < buffer.size() && ::poll(&waits, 1, 1000) > 0) {
        const auto n = ::read(pipe.get(), buffer.data(), buffer.size());
        if (n <= 0) {
            break;
        }
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

void wait_until_ready(const UniqueFd& ready, const UniqueFd& complaint) {
    pollfd waits{ready.get(), POLLIN, 0};
    const int count = uninterrupted([&] { return ::poll(&waits, 1, patience_ms); });
    char word = 0;
    if (count > 0 && ::read(ready.get(), &word, 1) == 1) {
        return;
    }
    const auto said = read_complaint(complaint);
    throw std::runtime_error{fmt::format("slirp4netns {}{}",
                                         count == 0 ? "is not ready after 30 s" : "did not start",
                                         said.empty() ? "" : ": " + said)};
}

} // namespace

std::string find_slirp() {
    const char* const given = std::getenv("PATH");
    for (const auto directory :
         split(given == nullptr ? "/usr/local/bin:/usr/bin:/bin" : given, ':')) {
        auto program = fmt::format("{}/slirp4netns", directory);
        if (directory.starts_with('/') && ::access(program.c_str(), X_OK) == 0) {
            return program;
        }
    }
    return {};
}

UniqueFd start_slirp(const std::string& program, const SlirpNetwork& network, const UniqueFd& netns,
                     const UniqueFd& supervisor) {
    Pipe ready;
    Pipe complaint;
    Pipe life;
    const auto words = arguments(network);
    const Start start{program,
                      words,
                      netns.get(),
                      supervisor.get(),
                      ready.writing.get(),
                      complaint.writing.get(),
                      life.reading.get()};
    const pid_t child = check(::fork(), "fork a process for slirp4netns");
    if (child == 0) {
        enter_lab(start);
    }
    ready.writing.reset();
    complaint.writing.reset();
    wait_until_ready(ready.reading, complaint.reading);
    return std::move(life.writing);
}

} // namespace netlab
