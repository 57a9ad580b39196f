#include "cli/lab_processes.h"

#include "base/number.h"
#include "base/split.h"
#include "sys/check.h"
#include "sys/text_file.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

namespace netlab {

namespace {

/// proc_pid_stat(5). The name, in parentheses, may hold anything.
bool read_stat(const std::string& text, LabProcess& process) {
    const auto end = text.rfind(')');
    if (end == std::string::npos) {
        return false;
    }
    // The third field comes first.
    const auto fields = split_words(std::string_view{text}.substr(end + 1));
    if (fields.size() < 22) {
        return false;
    }
    const auto parent = to_number<pid_t>(fields[1]);
    const auto session = to_number<pid_t>(fields[3]);
    std::uint64_t ticks = 0;
    for (std::size_t i = 11; i <= 14; ++i) { // utime, stime, cutime, cstime
        ticks += to_number<std::uint64_t>(fields[i]).value_or(0);
    }
    const auto pages = to_number<std::uint64_t>(fields[21]);
    if (!parent || !session || !pages) {
        return false;
    }
    process.parent = *parent;
    process.session = *session;
    process.cpu_seconds = static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    process.memory = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return true;
}

/// The last number of the line NSpid: the innermost namespace's (proc_pid_status(5)).
pid_t innermost_pid(const std::string& status) {
    const auto begin = status.find("\nNSpid:");
    if (begin == std::string::npos) {
        return 0;
    }
    const auto line = status.substr(begin + 1, status.find('\n', begin + 1) - begin - 1);
    return to_number<pid_t>(std::string_view{line}.substr(line.find_last_of("\t ") + 1))
        .value_or(0);
}

std::optional<LabProcess> read_process(pid_t pid) {
    const auto folder = fmt::format("/proc/{}/", pid);
    LabProcess process;
    process.pid = pid;
    if (!read_stat(read_file_or(folder + "stat", ""), process)) {
        return std::nullopt; // it has ended meanwhile
    }
    process.node_pid = innermost_pid(read_file_or(folder + "status", ""));
    std::array<char, 64> link{};
    const auto size = ::readlink((folder + "ns/pid").c_str(), link.data(), link.size());
    const std::string_view name{link.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    if (const auto bracket = name.find('['); bracket != std::string_view::npos) {
        std::from_chars(name.data() + bracket + 1, name.data() + name.size(), process.namespace_id);
    }
    return process;
}

} // namespace

void enter_lab_files(const LabClient& client) {
    check(::setns(client.supervisor().get(), CLONE_NEWNS), "enter the lab's file system");
}

std::vector<LabProcess> read_lab_processes() {
    std::vector<LabProcess> processes;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        if (const auto pid = to_number<pid_t>(entry.path().filename().native())) {
            if (auto process = read_process(*pid)) {
                processes.push_back(*process);
            }
        }
    }
    return processes;
}

} // namespace netlab
