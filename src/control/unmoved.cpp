#include "control/unmoved.h"

#include "base/number.h"
#include "base/split.h"
#include "clock/page.h"
#include "control/program_file.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include <sched.h>
#include <unistd.h>

namespace netlab {

namespace {

/// For a program that has only just begun to find its libraries.
constexpr auto second_look = std::chrono::milliseconds{30};

/// A process as the lab's /proc shows it.
struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t node_pid = 0; ///< in its innermost PID namespace
    std::string name;
    std::string pid_namespace;
};

std::string folder_of(pid_t pid) {
    return fmt::format("/proc/{}/", pid);
}

std::string namespace_of(pid_t pid) {
    std::array<char, 64> link{};
    const auto size = ::readlink((folder_of(pid) + "ns/pid").c_str(), link.data(), link.size());
    return {link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// proc_pid_status(5); nullopt of one that has ended.
std::optional<Process> read_process(pid_t pid) {
    const auto text = read_file_or(folder_of(pid) + "status", "");
    Process process;
    process.pid = pid;
    for (auto line : split(text, '\n')) {
        const auto key = cut_off(line, ':');
        const auto value = line.substr(std::min<std::size_t>(line.size(), 1)); // behind a tab
        if (key == "Name") {
            process.name = value;
        } else if (key == "State" && (value.starts_with('Z') || value.starts_with('X'))) {
            return std::nullopt;
        } else if (key == "PPid") {
            process.parent = to_number<pid_t>(value).value_or(0);
        } else if (key == "NSpid") {
            process.node_pid =
                to_number<pid_t>(value.substr(value.find_last_of('\t') + 1)).value_or(0);
        }
    }
    process.pid_namespace = namespace_of(pid);
    return process.node_pid == 0 ? std::nullopt : std::optional{process};
}

std::map<pid_t, Process> read_processes() {
    std::map<pid_t, Process> processes;
    for (const auto& entry : entries_of("/proc")) {
        if (const auto pid = to_number<pid_t>(entry.path().filename().native())) {
            if (auto process = read_process(*pid)) {
                processes.emplace(*pid, std::move(*process));
            }
        }
    }
    return processes;
}

/// Why it does not go by its node's clock; empty if it does, or has ended.
std::string why_unmoved(pid_t pid) {
    std::string maps;
    try {
        maps = read_file(folder_of(pid) + "maps");
    } catch (const std::system_error& error) {
        const bool ended = error.code().value() == ENOENT || error.code().value() == ESRCH;
        return ended ? "" : "nobody may look at it";
    }
    if (maps.empty()) {
        return {}; // it has ended
    }
    auto by_file = why_not_preloadable(folder_of(pid) + "exe");
    if (!by_file.empty() || maps.find(clock_page_file) != std::string::npos) {
        return by_file;
    }
    return maps.find(clock_library_file) != std::string::npos
               ? "it does not see its node's /run"
               : "it was started before the node had a clock of its own, or without the library";
}

/// Whether it makes a difference by which clock a program goes.
bool is_moved(const NodeAnswer& node) {
    return node.running && node.clock.wall &&
           (node.clock.wall->offset != 0 || node.clock.wall->rate != 0);
}

/// The nodes of processes: that of their PID namespace, or of their parent, where a program of a
/// node's has made further ones.
class NodesOf {
public:
    NodesOf(const std::vector<NodeAnswer>& nodes, const std::map<pid_t, Process>& processes)
        : processes_(processes) {
        for (const auto& node : nodes) {
            if (is_moved(node)) {
                by_namespace_.emplace(namespace_of(static_cast<pid_t>(node.pid)), &node);
            }
        }
    }
    const NodeAnswer* operator()(const Process& process) const {
        const auto* at = &process;
        for (std::size_t i = 0; i < processes_.size(); ++i) { // no further than there are any
            if (const auto found = by_namespace_.find(at->pid_namespace);
                found != by_namespace_.end()) {
                return found->second;
            }
            const auto parent = processes_.find(at->parent);
            if (parent == processes_.end()) {
                return nullptr;
            }
            at = &parent->second;
        }
        return nullptr;
    }

private:
    const std::map<pid_t, Process>& processes_;
    std::map<std::string, const NodeAnswer*> by_namespace_;
};

} // namespace

std::vector<UnmovedProcess> find_unmoved(const LabClient& client,
                                         const std::vector<NodeAnswer>& nodes) {
    if (std::ranges::none_of(nodes, is_moved)) {
        return {};
    }
    const auto supervisor = client.supervisor();
    check(::setns(supervisor.get(), CLONE_NEWUSER), "enter the lab's user namespace");
    check(::setns(supervisor.get(), CLONE_NEWNS), "enter the lab's file system");
    const auto processes = read_processes();
    const NodesOf node_of{nodes, processes};
    std::vector<std::pair<const Process*, const NodeAnswer*>> suspects;
    for (const auto& [pid, process] : processes) {
        const auto* node = node_of(process);
        if (node != nullptr && node->pid != pid && !why_unmoved(pid).empty()) {
            suspects.emplace_back(&process, node);
        }
    }
    if (!suspects.empty()) {
        std::this_thread::sleep_for(second_look);
    }
    std::vector<UnmovedProcess> unmoved;
    for (const auto& [process, node] : suspects) {
        if (auto why = why_unmoved(process->pid); !why.empty()) {
            unmoved.push_back({node->name, process->node_pid, process->name, std::move(why)});
        }
    }
    return unmoved;
}

} // namespace netlab
