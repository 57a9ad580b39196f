#include "support/host_state.h"

#include "support/program.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>

#include <unistd.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

std::string listing(const fs::path& directory) {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{directory, none}) {
        names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    std::string text;
    for (const auto& name : names) {
        text += name + "\n";
    }
    return text;
}

/// A line of /proc/PID/stat behind the name, which may hold anything.
std::vector<std::string> stat_fields(pid_t pid) {
    const auto text = content_of("/proc/" + std::to_string(pid) + "/stat");
    const auto end = text.rfind(')');
    std::vector<std::string> fields;
    std::istringstream words{end == std::string::npos ? "" : text.substr(end + 1)};
    for (std::string word; words >> word;) {
        fields.push_back(word);
    }
    return fields;
}

constexpr std::size_t state_field = 0;
constexpr std::size_t parent_field = 1;
constexpr std::size_t start_field = 19;

std::vector<pid_t> all_processes() {
    std::vector<pid_t> pids;
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator{"/proc", gone}) {
        const auto name = entry.path().filename().string();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc{} && end == name.data() + name.size()) {
            pids.push_back(pid);
        }
    }
    return pids;
}

std::string command_line(pid_t pid) {
    auto text = content_of("/proc/" + std::to_string(pid) + "/cmdline");
    while (!text.empty() && text.back() == '\0') {
        text.pop_back();
    }
    return text;
}

std::optional<ProcessId> alive(pid_t pid) {
    const auto fields = stat_fields(pid);
    if (fields.size() <= start_field || fields[state_field] == "Z") {
        return std::nullopt;
    }
    return ProcessId{pid, fields[start_field]};
}

template <class Matches>
std::vector<ProcessId> find(Matches matches) {
    std::vector<ProcessId> found;
    for (const auto pid : all_processes()) {
        if (pid != ::getpid() && matches(command_line(pid))) {
            if (const auto process = alive(pid)) {
                found.push_back(*process);
            }
        }
    }
    return found;
}

} // namespace

HostState HostState::now() {
    return {listing("/sys/class/net"), content_of("/proc/self/mountinfo"), listing("/run/netns")};
}

bool ProcessId::exists() const {
    const auto now = alive(pid);
    return now && now->started == started;
}

std::vector<ProcessId> processes_called(const std::string& text) {
    return find([&](const std::string& line) { return line.find(text) != std::string::npos; });
}

std::vector<ProcessId> processes_of(const std::string& lab) {
    auto found = find([&](const std::string& line) { return line == "netlab: lab " + lab; });
    // Each process is read once: where system calls are slow, as on the second kernel, it shows.
    std::multimap<std::string, ProcessId> children;
    for (const auto pid : found.empty() ? std::vector<pid_t>{} : all_processes()) {
        const auto fields = stat_fields(pid);
        if (fields.size() > start_field && fields[state_field] != "Z") {
            children.emplace(fields[parent_field], ProcessId{pid, fields[start_field]});
        }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [first, last] = children.equal_range(std::to_string(found[i].pid));
        std::transform(first, last, std::back_inserter(found),
                       [](const auto& child) { return child.second; });
    }
    return found;
}

std::vector<ProcessId> processes_of(const std::string& lab, const std::string& title) {
    auto found = processes_of(lab);
    std::erase_if(found, [&](const ProcessId& one) { return command_line(one.pid) != title; });
    return found;
}

} // namespace netlab::test
