#include "image/ground.h"

#include "image/copy_tree.h"
#include "image/for_a_while.h"
#include "image/layered.h"
#include "image/overlay.h"
#include "image/shadow.h"
#include "sys/check.h"
#include "sys/mounts.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// Layers for parts of directories; each costs every node 0.1 ms and 60 kB.
constexpr int most_apart = 16;

bool is_directory(const std::string& path) {
    return fs::is_directory(fs::symlink_status(path));
}

/// Lays the ground of one layered directory after the other, in the working directory: paths of
/// /proc/self/fd would take a quarter more time.
class Ground {
public:
    Ground(const Owners& owners, const std::vector<std::string>& mounts)
        : owners_(owners), mounts_(mounts) {}

    void lay(const Layered& directory) {
        if (directory.copied) {
            lay_copy(directory);
        } else {
            lay_directories(directory.path, directory.depth, escaped_option(directory.path));
        }
    }
    const std::string& list() const { return list_; }

private:
    bool has_mounts_below(const std::string& path) const {
        return std::ranges::any_of(
            mounts_, [&](const std::string& mount) { return mount.starts_with(path + "/"); });
    }

    /// Complete, it needs nothing under it; the mounts that containers have there do not matter.
    void lay_copy(const Layered& directory) {
        const auto top = next();
        CopyTree copy{owners_, true, top, {}};
        const bool whole = copy.make(directory.path, directory.depth);
        make_shadow_files(top);
        auto lower = seen(number_, "top");
        if (!whole && fs::exists(bare_etc)) {
            lower += std::string{":"} + bare_etc;
        }
        add(directory.path, lower);
    }

    /// `as_it_was`: by which name the layer's mount finds the directory.
    void lay_directories(const std::string& path, int depth, const std::string& as_it_was) {
        if (has_mounts_below(path)) {
            lay_apart(path, depth);
            return;
        }
        if (entries(path).empty()) {
            add(path, "");
            return;
        }
        auto top = next();
        CopyTree copy{owners_, false, top, top.substr(0, top.rfind('/')) + "/holes"};
        copy.make(path, depth);
        auto lower = seen(number_, "top");
        if (copy.has_holes()) {
            lower += ":" + seen(number_, "holes");
        }
        add(path, lower + ":" + as_it_was);
    }

    /// The kernel takes no directory as the ground of a layer that has a mount of the host's below
    /// it. So its own files are copied, and each directory in it becomes a layer, or is shown as
    /// it is: it has such a mount below, too, or there are too many.
    void lay_apart(const std::string& path, int depth) {
        CopyTree{owners_, true, next(), {}}.make_level(path);
        add(path, seen(number_, "top"));
        auto children = open_directories(path);
        // Those that come apart themselves come last, so that what is left for want of layers is
        // deep down.
        std::stable_partition(children.begin(), children.end(),
                              [&](const auto& c) { return !has_mounts_below(c); });
        for (const auto& child : children) {
            if (depth > 1 && apart_ < most_apart) {
                ++apart_;
                lay_if_there(child, depth - 1);
            } else {
                add(child, as_it_is);
            }
        }
    }

    /// Others make and remove directories meanwhile, in /var/tmp say.
    void lay_if_there(const std::string& path, int depth) {
        try {
            lay_directories(path, depth, "."); // see mount_layers
        } catch (const std::system_error& error) {
            if (error.code().value() != ENOENT) {
                throw;
            }
        }
    }

    static std::vector<std::string> open_directories(const std::string& path) {
        std::vector<std::string> directories;
        for (const auto& name : entries(path)) {
            const auto child = path + "/" + name;
            if (is_directory(child) && ::access(child.c_str(), R_OK | X_OK) == 0) {
                directories.push_back(child);
            }
        }
        return directories;
    }

    static std::vector<std::string> entries(const std::string& path) {
        std::vector<std::string> names;
        std::error_code closed;
        for (const auto& entry : fs::directory_iterator{path, closed}) {
            names.push_back(entry.path().filename());
        }
        return names;
    }

    /// The next layer's directory for what is on top, as this process can write it.
    std::string next() {
        ++number_;
        const auto layer = std::to_string(number_);
        check(::mkdir(layer.c_str(), 0755), "create {}", layer);
        return layer + "/top";
    }
    static std::string seen(int number, const char* part) {
        return fmt::format("{}/{}/{}", ground_path, number, part);
    }
    void add(const std::string& target, const std::string& lower) {
        struct stat status {};
        if (::lstat(target.c_str(), &status) == 0 &&
            std::ranges::none_of(target, [](unsigned char c) { return c < 0x20; })) {
            const auto [uid, gid] = owner_in_lab(owners_, target, status);
            list_ += fmt::format("{}\t{} {}\t{}\n", target, uid, gid, lower);
        }
    }

    const Owners& owners_;
    const std::vector<std::string>& mounts_;
    std::string list_;
    int number_ = 0;
    int apart_ = 0; ///< layers of directories that could not be part of another
};

} // namespace

void lay_ground(const UniqueFd& place, const Owners& owners) {
    const auto mounts = mount_points();
    const NoUmask no_umask;
    const SameDirectory afterwards;
    check(::fchdir(place.get()), "enter {}", ground_path);
    Ground ground{owners, mounts};
    for (const auto& directory : layered) {
        if (is_directory(directory.path)) {
            ground.lay(directory);
        }
    }
    const UniqueFd list{check(::openat(place.get(), "list", O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
                              "create {}", ground_list)};
    check(::write(list.get(), ground.list().data(), ground.list().size()), "write {}", ground_list);
}

} // namespace netlab
