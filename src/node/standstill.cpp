#include "node/standstill.h"

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <exception>
#include <filesystem>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr auto between_scans = std::chrono::milliseconds{1};

/// A process as /proc shows it.
struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    char state = 0;
    std::string pid_namespace; ///< `pid:[4026531836]`; empty if it has ended

    bool stands() const { return state == 'T' || state == 't'; }
    bool runs() const { return !stands() && state != 'Z' && state != 'X'; }
};

std::string namespace_at(int directory) {
    std::array<char, 64> link{};
    const auto size = ::readlinkat(directory, "ns/pid", link.data(), link.size());
    return {link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// None if it has ended; any other failure must not be taken for that: the process may run.
UniqueFd open_in(int directory, const std::string& name) {
    UniqueFd file{::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file && errno != ENOENT && errno != ESRCH) {
        throw_errno(errno, "look at processes: open " + name);
    }
    return file;
}

UniqueFd open_process(pid_t pid) {
    return open_in(AT_FDCWD, fmt::format("/proc/{}", pid));
}

/// Empty if it has ended. A line of proc_pid_stat(5) has 52 numbers and a name of 64 bytes at most.
std::string read_stat(const UniqueFd& directory) {
    const auto file = directory ? open_in(directory.get(), "stat") : UniqueFd{};
    std::array<char, 2048> text{};
    const auto size = file ? ::read(file.get(), text.data(), text.size()) : 0;
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::optional<Process> read_process(pid_t pid) {
    const auto directory = open_process(pid);
    const auto text = read_stat(directory);
    const auto end = text.rfind(')'); // proc_pid_stat(5): the name before it may hold anything
    if (end == std::string::npos) {
        return std::nullopt;
    }
    Process process;
    process.pid = pid;
    std::istringstream fields{text.substr(end + 1)};
    fields >> process.state >> process.parent;
    process.pid_namespace = namespace_at(directory.get());
    return process;
}

std::vector<Process> read_processes() {
    std::vector<Process> processes;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        const auto name = entry.path().filename().string();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc{} && end == name.data() + name.size()) {
            if (auto process = read_process(pid)) {
                processes.push_back(std::move(*process));
            }
        }
    }
    return processes;
}

/// Not to another that has got the number meanwhile. One that has ended needs none.
void send(const Process& process, int signal) {
    const auto directory = open_process(process.pid); // as good as a pidfd (pidfd_send_signal(2))
    if (directory && namespace_at(directory.get()) == process.pid_namespace) {
        ::syscall(SYS_pidfd_send_signal, directory.get(), signal, nullptr, 0);
    }
}

/// Finds the nodes of processes: that of their PID namespace, or of the process that began theirs.
class Members {
public:
    Members(const std::vector<Standstill>& nodes, const std::vector<Process>& processes) {
        for (const auto& process : processes) {
            by_pid_.emplace(process.pid, &process);
        }
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (const auto init = by_pid_.find(nodes[i].init); init != by_pid_.end()) {
                node_of_.emplace(init->second->pid_namespace, i);
            }
        }
    }

    std::optional<std::size_t> node_of(const Process& process) const {
        const auto* at = &process;
        for (std::size_t i = 0; i <= by_pid_.size(); ++i) { // no more, whatever parents are read
            if (const auto found = node_of_.find(at->pid_namespace); found != node_of_.end()) {
                return found->second;
            }
            const auto parent = by_pid_.find(at->parent);
            if (parent == by_pid_.end()) {
                break;
            }
            at = parent->second;
        }
        return std::nullopt;
    }

private:
    std::unordered_map<pid_t, const Process*> by_pid_;
    std::unordered_map<std::string, std::size_t> node_of_;
};

/// Calls `each` with every process of the nodes, and its node.
template <class Each>
void for_each_process(std::vector<Standstill>& nodes, const Each& each) {
    const auto processes = read_processes();
    const Members members{nodes, processes};
    for (const auto& process : processes) {
        if (const auto node = members.node_of(process)) {
            each(process, nodes[*node]);
        }
    }
}

/// Returns whether any ran.
bool stop_those_that_run(std::vector<Standstill>& nodes, bool first) {
    bool any = false;
    for_each_process(nodes, [&](const Process& process, Standstill& node) {
        if (first && process.stands() && process.pid != node.init) {
            node.stood.push_back(process.pid);
        } else if (process.runs()) {
            // What waits for a disk, or for a child of vfork(2) that stands, stops when it is back.
            any = any || first || process.state != 'D';
            send(process, SIGSTOP);
        }
    });
    return any;
}

void stop_all(std::vector<Standstill>& nodes, std::chrono::milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    for (const auto& node : nodes) {
        check(::kill(node.init, SIGSTOP), "stop process {}", node.init);
    }
    for (bool first = true; !nodes.empty() && stop_those_that_run(nodes, first); first = false) {
        if (steady_clock::now() > deadline) {
            throw std::runtime_error{"some processes do not stop"};
        }
        std::this_thread::sleep_for(between_scans);
    }
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
    if (nodes.empty()) {
        return;
    }
    std::exception_ptr failure; // it is not to leave every PID 1 where it stands
    auto all = nodes;
    try {
        for_each_process(all, [](const Process& process, const Standstill& node) {
            if (process.pid != node.init &&
                std::ranges::find(node.stood, process.pid) == node.stood.end()) {
                send(process, SIGCONT);
            }
        });
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
