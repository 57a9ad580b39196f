#include "sys/mounts.h"

#include "base/split.h"
#include "sys/check.h"
#include "sys/text_file.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

/// A path of /proc/self/mountinfo, where blanks and backslashes are octal (proc_pid_mountinfo(5)).
std::string unescaped(std::string_view text) {
    std::string path;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            path += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                      (text[i + 3] - '0'));
            i += 3;
        } else {
            path += text[i];
        }
    }
    return path;
}

} // namespace

void mount_new(const char* type, const std::string& target, unsigned long flags,
               const std::string& options) {
    check(::mount(type, target.c_str(), type, flags, options.empty() ? nullptr : options.c_str()),
          "mount {} on {}", type, target);
}

void mount_sysfs(const std::string& target) {
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (::mount("sysfs", target.c_str(), "sysfs", flags, nullptr) != 0) {
        mount_new("sysfs", target, flags | MS_RDONLY);
    }
}

void mount_bind(const std::string& source, const std::string& target, bool recursive) {
    check(::mount(source.c_str(), target.c_str(), nullptr, MS_BIND | (recursive ? MS_REC : 0),
                  nullptr),
          "bind {} to {}", source, target);
}

void make_mounts_private() {
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
          "cut the mounts off from the host's");
}

void make_read_only(const std::string& path, bool recursive) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    check(::syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), recursive ? AT_RECURSIVE : 0,
                    &attributes, sizeof attributes),
          "make {} read-only", path);
}

UniqueFd clone_mount(const std::string& path, bool recursive) {
    const auto all = recursive ? static_cast<unsigned>(AT_RECURSIVE) : 0U;
    return UniqueFd{static_cast<int>(check(
        ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | all),
        "open {} for binding", path))};
}

void attach_mount(int tree, const std::string& target) {
    check(::syscall(SYS_move_mount, tree, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH),
          "bind to {}", target);
}

void map_owners(const UniqueFd& tree, const UniqueFd& userns) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<__u64>(userns.get());
    check(::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                    sizeof attributes),
          "map the owners of its files");
}

std::vector<std::string> mount_points() {
    const auto text = read_file("/proc/self/mountinfo");
    std::vector<std::string> paths;
    for (const auto line : split(text, '\n')) {
        paths.push_back(unescaped(split_words(line).at(4))); // proc_pid_mountinfo(5)
    }
    return paths;
}

void switch_root(const std::string& root) {
    check(::chdir(root.c_str()), "enter {}", root);
    // pivot_root(2), NOTES: the old root ends up mounted over the new one and is then detached.
    check(::syscall(SYS_pivot_root, ".", "."), "make {} the root", root);
    check(::umount2(".", MNT_DETACH), "let go of the old root");
    check(::chdir("/"), "enter the new root");
}

} // namespace netlab
