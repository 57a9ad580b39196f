#include "sys/own_program.h"

#include "sys/check.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr const char* self = "/proc/self/exe";

bool can_be_changed(const IdMap& owners) {
    const UniqueFd program{check(::open(self, O_PATH | O_CLOEXEC), "open {}", self)};
    struct stat status {};
    struct statvfs mount {};
    check(::fstat(program.get(), &status), "look at {}", self);
    check(::fstatvfs(program.get(), &mount), "look at the mount of {}", self);
    return (mount.f_flag & ST_RDONLY) == 0 &&
           std::ranges::any_of(owners, [&](const IdExtent& extent) {
               return status.st_uid - extent.outside < extent.count;
           });
}

/// Puts a read-only mount of `path` in the place of descriptor `place`, in a process that shares
/// our descriptors and may mount: it has a user namespace of its own.
void put_read_only_mount(const char* path, int place) {
    const auto tree =
        static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
    if (tree >= 0 && ::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes,
                               sizeof attributes) == 0) {
        ::dup3(tree, place, O_CLOEXEC);
    }
    ::close(tree);
}

/// A read-only way to this program's file, or none where user namespaces are not to be had.
UniqueFd read_only_program() {
    std::array<char, PATH_MAX> path{};
    check(::readlink(self, path.data(), path.size() - 1), "read {}", self);
    UniqueFd place{check(::open("/", O_PATH | O_CLOEXEC), "open /")};
    clone_args args{};
    args.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_FILES;
    args.exit_signal = SIGCHLD;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
    if (pid < 0) {
        return UniqueFd{};
    }
    if (pid == 0) {
        put_read_only_mount(path.data(), place.get());
        ::_exit(0);
    }
    uninterrupted([&] { return ::waitpid(pid, nullptr, 0); });
    return place;
}

bool is_same_file(int one, const char* other) {
    struct stat first {};
    struct stat second {};
    return ::fstat(one, &first) == 0 && ::stat(other, &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

} // namespace

bool are_namespaces_by_path() {
    return read_file_or("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0")
        .starts_with("1");
}

void shield_own_program(const IdMap& owners) {
    if (are_namespaces_by_path() || !can_be_changed(owners)) { // the lab goes first
        return;
    }
    const auto program = read_only_program();
    if (!program || !is_same_file(program.get(), self)) {
        return;
    }
    auto arguments = read_file("/proc/self/cmdline");
    std::vector<char*> argv;
    for (std::size_t begin = 0; begin < arguments.size(); begin = arguments.find('\0', begin) + 1) {
        argv.push_back(arguments.data() + begin);
    }
    argv.push_back(nullptr);
    // It returns only on failure, and what follows then is as good as without.
    ::syscall(SYS_execveat, program.get(), "", argv.data(), environ, AT_EMPTY_PATH);
}

} // namespace netlab
