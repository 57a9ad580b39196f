#include "image/overlay.h"

#include "image/make_once.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/mounts.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

bool writable(const fs::path& directory) {
    return ::access(directory.c_str(), W_OK) == 0;
}

/// The innermost directory on the way to `path` that exists.
fs::path nearest_directory(const fs::path& path) {
    auto directory = path.parent_path();
    while (!fs::is_directory(directory)) {
        if (fs::exists(fs::symlink_status(directory))) {
            throw std::runtime_error{fmt::format(
                "cannot make {}: {} is {}", path.string(), directory.string(),
                fs::exists(directory) ? "a file, not a directory" : "a link that leads nowhere")};
        }
        directory = directory.parent_path();
    }
    return directory;
}

/// The layer over a directory, the same one whenever the node starts.
std::string layer_over(const fs::path& directory, const std::string& layers) {
    for (int i = 0;; ++i) {
        auto layer = fmt::format("{}/over{}", layers, i);
        const auto mark = layer + "/of";
        if (make_once(layer, 0755)) {
            const UniqueFd file{check(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
                                      "create {}", mark)};
            const auto& text = directory.native();
            check(::write(file.get(), text.data(), text.size()), "write {}", mark);
            return layer;
        }
        if (read_file_or(mark, "") == directory) {
            return layer;
        }
    }
}

void refuse_other_type(const std::string& path, bool as_file) {
    if (fs::is_directory(path) == as_file) {
        throw std::runtime_error{
            as_file ? fmt::format("cannot put a file at {}: it is a directory", path)
                    : fmt::format("cannot show a directory at {}: it is a file", path)};
    }
}

/// What is mounted below a directory and would be hidden by a mount on it.
class MountsBelow {
public:
    explicit MountsBelow(const std::string& directory) {
        std::set<std::string> paths;
        for (const auto& path : mount_points()) {
            if (path.starts_with(directory + "/")) {
                paths.insert(path);
            }
        }
        for (const auto& path : paths) {
            if (mounts_.empty() || !path.starts_with(mounts_.back().first + "/")) {
                mounts_.emplace_back(path, open_place(path));
            }
        }
    }

    bool empty() const { return mounts_.empty(); }

    /// Mounts them again, at the same paths.
    void restore() const {
        for (const auto& [path, fd] : mounts_) {
            mount_bind(fmt::format("/proc/self/fd/{}", fd.get()), path, true);
        }
    }

private:
    static UniqueFd open_place(const std::string& path) {
        return UniqueFd{check(::open(path.c_str(), O_PATH | O_CLOEXEC), "look at {}", path)};
    }

    std::vector<std::pair<std::string, UniqueFd>> mounts_; ///< in order, none below another
};

void show_entry(const fs::directory_entry& entry, const std::string& target) {
    const bool is_there = fs::exists(fs::symlink_status(target)); // from a life before
    if (entry.is_symlink()) {
        if (!is_there) {
            fs::create_symlink(fs::read_symlink(entry.path()), target);
        }
        return;
    }
    if (entry.is_directory()) {
        make_once(target, 0755);
    } else if (!is_there) {
        const UniqueFd file{check(::open(target.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
                                  "create {}", target)};
    }
    mount_bind(entry.path(), target, true);
}

/// A new directory with a mount for each entry of the old one. Nothing in it can be changed, but
/// something can be added.
void mirror_directory(const std::string& directory, const std::string& mirror) {
    for (const auto& entry : entries_of(directory)) {
        show_entry(entry, mirror + "/" + entry.path().filename().string());
    }
    mount_bind(mirror, directory, true);
}

} // namespace

std::string own_path(std::string_view name) {
    return fmt::format("{}/{}", node_files, name);
}

std::string escaped_option(const std::string& path) {
    // Commas and colons separate overlayfs's options, a backslash keeps them from doing so.
    std::string text;
    for (const char c : path) {
        if (c == ',' || c == ':' || c == '\\') {
            text += '\\';
        }
        text += c;
    }
    return text;
}

void overlay_directory(const std::string& directory, const std::string& layer) {
    const auto upper = layer + "/upper";
    const auto work = layer + "/work";
    struct stat status {};
    check(::stat(directory.c_str(), &status), "look at {}", directory);
    make_once(upper, status.st_mode & 07777);
    make_once(work, 0700);
    const MountsBelow below{directory};
    const auto lower = directory == "/etc" && fs::exists(bare_etc) ? bare_etc : directory;
    const auto options =
        fmt::format("lowerdir={},upperdir={},workdir={},userxattr", escaped_option(lower),
                    escaped_option(upper), escaped_option(work));
    if (::mount("overlay", directory.c_str(), "overlay", MS_NODEV, options.c_str()) == 0) {
        below.restore();
    } else if (errno == EINVAL && !below.empty()) {
        mirror_directory(directory, upper);
    } else {
        throw_errno(errno, "mount an overlay on " + directory);
    }
}

void make_place(const std::string& path, bool as_file, const std::string& layers,
                const HostPlaces& host) {
    if (fs::exists(path)) {
        refuse_other_type(path, as_file);
        return;
    }
    const auto existing = nearest_directory(path);
    if (host.hold(existing)) {
        throw std::runtime_error{fmt::format(
            "cannot make {}: {} is a directory of the host, bound for writing, where it would stay",
            path, existing.string())};
    }
    if (!writable(existing)) {
        overlay_directory(existing, layer_over(existing, layers));
        if (fs::exists(path)) { // it was made in a life before
            refuse_other_type(path, as_file);
            return;
        }
    }
    const auto directory = as_file ? fs::path{path}.parent_path() : fs::path{path};
    fs::create_directories(directory);
    if (as_file) {
        if (fs::is_symlink(fs::symlink_status(path))) { // it leads nowhere, or to a place of others
            check(::unlink(path.c_str()), "replace the link {}", path);
        }
        const UniqueFd file{
            check(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), "create {}",
                  path)};
    }
}

} // namespace netlab
