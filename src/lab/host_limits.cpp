#include "lab/host_limits.h"

#include "sys/cgroup.h"
#include "sys/mounts.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

namespace netlab {

namespace {

/// The number that a text begins with, after blanks.
std::optional<std::uint64_t> number_in(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional{number} : std::nullopt;
}

std::optional<std::uint64_t> number_of_file(const std::string& path) {
    return number_in(read_file_or(path, ""));
}

/// The number behind a word of a file such as /proc/meminfo.
std::optional<std::uint64_t> number_behind(const std::string& text, std::string_view word) {
    const auto at = text.find(word);
    return at == std::string::npos ? std::nullopt
                                   : number_in(std::string_view{text}.substr(at + word.size()));
}

std::uint64_t rest(std::uint64_t most, std::uint64_t used) {
    return most > used ? most - used : 0;
}

std::string sysctl_cure(std::string_view name) {
    return fmt::format("as root: sysctl -w {}=N", name);
}

void add_namespaces(std::vector<HostLimit>& limits) {
    constexpr std::array kinds{"user", "net", "mnt", "pid", "ipc", "uts", "cgroup"};
    for (const char* kind : kinds) {
        const auto name = fmt::format("user.max_{}_namespaces", kind);
        const auto file = fmt::format("/proc/sys/user/max_{}_namespaces", kind);
        if (const auto most = number_of_file(file)) {
            limits.push_back({Resource::namespaces, name, *most, *most, sysctl_cure(name)});
        }
    }
}

/// All threads of the machine: the second number behind the slash of /proc/loadavg.
std::uint64_t threads_now() {
    const auto text = read_file_or("/proc/loadavg", "");
    return number_behind(text, "/").value_or(0);
}

void add_processes(std::vector<HostLimit>& limits) {
    const auto now = threads_now();
    // Numbers below this are given out once only (RESERVED_PIDS of the kernel's kernel/pid.c).
    constexpr std::uint64_t reserved = 300;
    for (const auto& [name, taken] : {std::pair{"pid_max", now + reserved}, {"threads-max", now}}) {
        if (const auto most = number_of_file(fmt::format("/proc/sys/kernel/{}", name))) {
            const auto sysctl = fmt::format("kernel.{}", name);
            limits.push_back(
                {Resource::processes, sysctl, *most, rest(*most, taken), sysctl_cure(sysctl)});
        }
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        limits.push_back({Resource::processes, "ulimit -u", limit.rlim_cur, limit.rlim_cur,
                          "ulimit -u N, or nproc in /etc/security/limits.conf"});
    }
}

void add_open_files(std::vector<HostLimit>& limits) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limits.push_back({Resource::open_files, "ulimit -Hn", limit.rlim_max, limit.rlim_max,
                          "nofile in /etc/security/limits.conf, or ulimit -Hn N as root"});
    }
}

void add_mounts(std::vector<HostLimit>& limits) {
    if (const auto most = number_of_file("/proc/sys/fs/mount-max")) {
        limits.push_back({Resource::mounts, "fs.mount-max", *most,
                          rest(*most, mount_points().size()), sysctl_cure("fs.mount-max")});
    }
}

void add_memory(std::vector<HostLimit>& limits) {
    const auto text = read_file_or("/proc/meminfo", "");
    const auto available = number_behind(text, "\nMemAvailable:");
    if (available) {
        const auto total = number_behind(text, "MemTotal:").value_or(*available);
        const auto swap = number_behind(text, "\nSwapFree:").value_or(0);
        limits.push_back({Resource::memory, "memory", total * 1024, (*available + swap) * 1024,
                          "end other programs or labs, or add memory"});
    }
}

/// How a controller names its limit and what counts against it.
struct CgroupFiles {
    const char* controller;
    Resource resource;
    const char* most;
    const char* used;
    /// In memory.stat: pages that the kernel gives back when they are wanted.
    std::array<std::string_view, 3> given_back;
};
constexpr std::array<CgroupFiles, 2> files_v2{
    {{"pids", Resource::processes, "pids.max", "pids.current", {}},
     {"memory",
      Resource::memory,
      "memory.max",
      "memory.current",
      {"\ninactive_file ", "\nactive_file ", "\nslab_reclaimable "}}}};
constexpr std::array<CgroupFiles, 2> files_v1{
    {{"pids", Resource::processes, "pids.max", "pids.current", {}},
     {"memory",
      Resource::memory,
      "memory.limit_in_bytes",
      "memory.usage_in_bytes",
      {"\ntotal_inactive_file ", "\ntotal_active_file ", "\ntotal_slab_reclaimable "}}}};
/// cgroup v1 has no word for no limit, but a number that is larger than any memory.
constexpr std::uint64_t no_limit = std::uint64_t{1} << 60U;

/// What a cgroup uses of its limit: of memory without the pages that the kernel gives back
/// (cgroup-v2.rst, memory.stat), or whoever has read much could start nothing.
std::optional<std::uint64_t> used_of(const std::string& directory, const CgroupFiles& files) {
    auto used = number_of_file(fmt::format("{}/{}", directory, files.used));
    if (used && files.resource == Resource::memory) {
        const auto stat = "\n" + read_file_or(directory + "/memory.stat", "");
        for (const auto kept : files.given_back) {
            used = rest(*used, number_behind(stat, kept).value_or(0));
        }
    }
    return used;
}

/// A limit of this process's cgroup and of those above it (cgroups(7)).
void add_cgroups(std::vector<HostLimit>& limits, const CgroupPlace& place,
                 const CgroupFiles& files) {
    for (auto directory = place.own; directory.size() >= place.mount.size();
         directory.erase(directory.rfind('/'))) {
        const auto file = fmt::format("{}/{}", directory, files.most);
        const auto most = number_of_file(file); // `max` is none
        const auto now = used_of(directory, files);
        if (most && now && *most < no_limit) {
            limits.push_back(
                {files.resource, file, *most, rest(*most, *now),
                 fmt::format("as root: echo N >{}; for a unit of systemd: {}=N", file,
                             files.resource == Resource::memory ? "MemoryMax" : "TasksMax")});
        }
    }
}

void add_cgroups(std::vector<HostLimit>& limits) {
    for (const auto& files : files_v2) {
        if (const auto place = find_cgroup()) {
            add_cgroups(limits, *place, files);
        }
    }
    for (const auto& files : files_v1) {
        if (const auto place = find_cgroup_v1(files.controller)) {
            add_cgroups(limits, *place, files);
        }
    }
}

} // namespace

std::vector<HostLimit> host_limits() {
    std::vector<HostLimit> limits;
    add_namespaces(limits);
    add_processes(limits);
    add_open_files(limits);
    add_mounts(limits);
    add_memory(limits);
    add_cgroups(limits);
    std::ranges::stable_sort(limits, {}, &HostLimit::resource);
    return limits;
}

std::uint64_t neighbour_limit() {
    std::uint64_t smallest = 0;
    for (const char* family : {"ipv4", "ipv6"}) {
        const auto most =
            number_of_file(fmt::format("/proc/sys/net/{}/neigh/default/gc_thresh3", family));
        if (most && (smallest == 0 || *most < smallest)) {
            smallest = *most;
        }
    }
    return smallest;
}

} // namespace netlab
