#include "sys/cgroup.h"

#include "base/split.h"
#include "sys/text_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// The path that /proc/self/cgroup has of a controller of v1 (`4:memory:/path`), of v2 with none
/// (`0::/path`); or empty.
std::string own_path(std::string_view controller = "") {
    const auto text = read_file_or("/proc/self/cgroup", "");
    for (const auto line : split(text, '\n')) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string_view::npos) {
            continue;
        }
        const auto names = split(line.substr(first + 1, second - first - 1), ',');
        if (names.empty() ? controller.empty()
                          : std::ranges::find(names, controller) != names.end()) {
            return std::string{line.substr(second + 1)};
        }
    }
    return {};
}

bool is_cgroup(const std::string& directory) {
    struct statfs about {};
    return ::statfs(directory.c_str(), &about) == 0 && about.f_type == CGROUP2_SUPER_MAGIC;
}

bool remove_once(const fs::path& directory) {
    std::error_code gone;
    std::vector<fs::path> below;
    for (fs::directory_iterator entry{directory, gone}; !gone && entry != fs::directory_iterator{};
         entry.increment(gone)) {
        if (entry->is_directory(gone)) {
            below.push_back(entry->path());
        }
    }
    bool all = true;
    for (const auto& path : below) {
        all = remove_once(path) && all;
    }
    return (::rmdir(directory.c_str()) == 0 || errno == ENOENT) && all;
}

/// Of the mounts whose line in mountinfo `is_wanted`, the first that shows the cgroup `path`.
std::optional<CgroupPlace> find_place(const std::string& path,
                                      const std::function<bool(std::string_view)>& is_wanted) {
    const auto text = read_file_or("/proc/self/mountinfo", "");
    for (const auto line : split(text, '\n')) {
        const auto fields = split_words(line); // proc_pid_mountinfo(5)
        if (!is_wanted(line) || fields.size() < 5) {
            continue;
        }
        const auto prefix = fields[3] == "/" ? std::string_view{} : fields[3];
        const std::string mount{fields[4]};
        if (path.empty() || path.starts_with("/..") || !path.starts_with(prefix)) {
            continue;
        }
        auto below = path.substr(prefix.size());
        while (below.ends_with('/')) {
            below.pop_back();
        }
        return CgroupPlace{mount, mount + below};
    }
    return std::nullopt;
}

} // namespace

std::optional<CgroupPlace> find_cgroup() {
    return find_place(own_path(), [](std::string_view line) {
        return line.find(" - cgroup2 ") != std::string_view::npos;
    });
}

std::optional<CgroupPlace> find_cgroup_v1(const std::string& controller) {
    return find_place(own_path(controller), [&](std::string_view line) {
        const auto options = split(line.substr(line.rfind(' ') + 1), ',');
        return line.find(" - cgroup ") != std::string_view::npos &&
               std::ranges::find(options, controller) != options.end();
    });
}

bool has_word(const std::string& path, std::string_view word) {
    const auto text = read_file_or(path, "");
    const auto words = split_words(text);
    return std::ranges::find(words, word) != words.end();
}

bool remove_cgroups(const std::string& directory, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (is_cgroup(directory)) {
        if (remove_once(directory)) {
            return true;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

void freeze_cgroup(const std::string& directory, bool frozen, std::chrono::milliseconds patience) {
    const auto file = directory + "/cgroup.freeze";
    write_file(file, frozen ? "1" : "0");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (frozen &&
           read_file_or(directory + "/cgroup.events", "").find("frozen 1") == std::string::npos) {
        if (std::chrono::steady_clock::now() > deadline) {
            write_file(file, "0");
            throw std::runtime_error{directory + ": some of its processes do not stop"};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

bool is_frozen(const std::string& directory) {
    return has_word(directory + "/cgroup.freeze", "1");
}

} // namespace netlab
