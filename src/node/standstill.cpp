#include "node/standstill.h"

#include "base/number.h"
#include "base/split.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/end_child.h"
#include "sys/mounts.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;
using Pids = std::vector<pid_t>;

constexpr auto between_scans = std::chrono::milliseconds{1};
/// Each takes two processes and a descriptor.
constexpr std::size_t most_visits = 32;

/// The letter of proc_pid_stat(5); 'X' for one that has ended. Any other failure to look must not
/// be taken for that: the process may run.
char state_of(pid_t pid) {
    const UniqueFd file{::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file && errno != ENOENT && errno != ESRCH) {
        throw_errno(errno, fmt::format("look at process {}", pid));
    }
    std::array<char, 512> text{};
    const auto size = file ? ::read(file.get(), text.data(), text.size()) : 0;
    const std::string_view line{text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    const auto end = line.rfind(')'); // the name before it may hold anything
    return end == std::string_view::npos || end + 2 >= line.size() ? 'X' : line[end + 2];
}

bool stands(char state) {
    return state == 'T' || state == 't';
}

/// What waits for a disk, or for a child of vfork(2) that stands, stops when it is back.
bool runs(char state) {
    return !stands(state) && state != 'Z' && state != 'X' && state != 'D';
}

/// All of this PID namespace and those below it but its first and this one.
Pids others() {
    Pids pids;
    for (const auto& entry : entries_of("/proc")) {
        const auto pid = to_number<pid_t>(entry.path().filename().native());
        if (pid && pid != 1 && pid != ::getpid()) {
            pids.push_back(*pid);
        }
    }
    return pids;
}

template <class Condition>
void wait_until(steady_clock::time_point deadline, const Condition& holds) {
    while (!holds()) {
        if (steady_clock::now() > deadline) {
            throw std::runtime_error{"some processes do not stop"};
        }
        std::this_thread::sleep_for(between_scans);
    }
}

/// Done in the node's PID namespace. Nobody gets past it: what is there when the signal is sent to
/// all has it, and a fork that is under way is begun anew behind it (copy_process in the kernel's
/// kernel/fork.c); what comes from outside later looks whether PID 1 stands before it becomes
/// a program (refuse_if_paused), and PID 1 stands first. Returns those that stood before.
Pids stop_others(steady_clock::time_point deadline) {
    wait_until(deadline, [] { return !runs(state_of(1)); });
    Pids stood;
    for (const auto pid : others()) {
        if (stands(state_of(pid))) {
            stood.push_back(pid);
        }
    }
    ::kill(-1, SIGSTOP); // there may be none
    wait_until(deadline, [] {
        return std::ranges::none_of(others(), [](pid_t pid) { return runs(state_of(pid)); });
    });
    return stood;
}

Pids continue_others(const Pids& stood) {
    for (const auto pid : others()) {
        if (std::ranges::find(stood, pid) == stood.end()) {
            ::kill(pid, SIGCONT);
        }
    }
    return {};
}

/// What a process in a node's PID namespace does there, and what it answers.
class Visit {
public:
    Visit(pid_t init, const std::function<Pids()>& work) {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe to a process in a node");
        answer_.reset(ends[0]);
        const UniqueFd to{ends[1]};
        child_ = check(::fork(), "start a process in a node");
        if (child_ == 0) {
            go(init, work, to.get());
        }
    }
    ~Visit() { end(); }
    Visit(Visit&& other) noexcept
        : answer_(std::move(other.answer_)), child_(std::exchange(other.child_, -1)) {}
    Visit& operator=(Visit&&) = delete;

    /// Waits for it. Throws std::runtime_error for what went wrong there.
    Pids take() {
        std::string text;
        std::array<char, 4096> bytes{};
        for (ssize_t n = 0; (n = uninterrupted([&] {
                                 return ::read(answer_.get(), bytes.data(), bytes.size());
                             })) > 0;) {
            text.append(bytes.data(), static_cast<std::size_t>(n));
        }
        end();
        if (!text.starts_with('+') || !text.ends_with('\n')) {
            throw std::runtime_error{text.starts_with('-') ? text.substr(1) : "it has ended"};
        }
        Pids pids;
        for (const auto word : split_words(std::string_view{text}.substr(1))) {
            pids.push_back(to_number<pid_t>(word).value());
        }
        return pids;
    }

private:
    void end() {
        if (child_ > 0) {
            end_child(std::exchange(child_, -1));
        }
    }

    static void write_all(int to, const std::string& text) {
        for (std::size_t put = 0; put < text.size();) {
            const auto n =
                uninterrupted([&] { return ::write(to, text.data() + put, text.size() - put); });
            if (n < 0) {
                return;
            }
            put += static_cast<std::size_t>(n);
        }
    }

    /// Its own view of the processes there: the node's /proc is the node's root's.
    static std::string look_round(const std::function<Pids()>& work) {
        try {
            check(::prctl(PR_SET_PDEATHSIG, SIGKILL), "end with the one that waits");
            check(::unshare(CLONE_NEWNS), "make a mount namespace");
            mount_new("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
            std::string text = "+";
            for (const auto pid : work()) {
                text += std::to_string(pid) + " ";
            }
            return text + "\n"; // a part of it would have a pid of fewer digits at its end
        } catch (const std::exception& error) {
            return std::string{"-"} + error.what();
        }
    }

    /// A process enters another PID namespace by its children only.
    [[noreturn]] static void go(pid_t init, const std::function<Pids()>& work, int to) {
        try {
            const UniqueFd pids{
                check(::open(fmt::format("/proc/{}/ns/pid", init).c_str(), O_RDONLY | O_CLOEXEC),
                      "open a PID namespace")};
            check(::setns(pids.get(), CLONE_NEWPID), "enter a PID namespace");
            const pid_t child = check(::fork(), "start a process in a PID namespace");
            if (child == 0) {
                write_all(to, look_round(work));
                ::_exit(0);
            }
            uninterrupted([&] { return ::waitpid(child, nullptr, 0); });
        } catch (const std::exception& error) {
            write_all(to, std::string{"-"} + error.what());
        }
        ::_exit(0);
    }

    UniqueFd answer_;
    pid_t child_ = -1;
};

/// Some at a time. `take` is called with each node and what came of it; the first failure is
/// thrown when all have been visited.
void visit(const std::vector<Standstill>& nodes, const std::function<Pids(const Standstill&)>& work,
           const std::function<void(std::size_t, Pids)>& take) {
    std::exception_ptr failure;
    for (std::size_t begin = 0; begin < nodes.size(); begin += most_visits) {
        const auto end = std::min(begin + most_visits, nodes.size());
        std::vector<Visit> visits;
        for (std::size_t i = begin; i < end; ++i) {
            visits.emplace_back(nodes[i].init, [&, i] { return work(nodes[i]); });
        }
        for (std::size_t i = begin; i < end; ++i) {
            try {
                take(i, visits[i - begin].take());
            } catch (const std::runtime_error&) {
                failure = failure ? failure : std::current_exception();
            }
        }
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

void stop_all(std::vector<Standstill>& nodes, std::chrono::milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    for (const auto& node : nodes) {
        check(::kill(node.init, SIGSTOP), "stop process {}", node.init);
    }
    visit(
        nodes, [&](const Standstill&) { return stop_others(deadline); },
        [&](std::size_t i, Pids stood) { nodes[i].stood = std::move(stood); });
}

} // namespace

void stop_processes(std::vector<Standstill>& nodes, std::chrono::milliseconds patience) {
    try {
        stop_all(nodes, patience);
    } catch (const std::exception&) {
        try {
            continue_processes(nodes);
        } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): the first one says why
        }
        throw;
    }
}

void continue_processes(const std::vector<Standstill>& nodes) {
    std::exception_ptr failure; // it is not to leave every PID 1 where it stands
    try {
        visit(
            nodes, [](const Standstill& node) { return continue_others(node.stood); },
            [](std::size_t, const Pids&) {});
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    for (const auto& node : nodes) {
        ::kill(node.init, SIGCONT); // last, so that it finds the others as it left them
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace netlab
