#include "lab/kept_mounts.h"

#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/mounts.h"
#include "sys/pass_descriptor.h"

#include <array>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace netlab {

namespace {

/// A node's root may have put a file system in the way that never answers.
constexpr int patience_ms = 5000;
constexpr std::string_view success = "+";

struct SocketPair {
    UniqueFd here;
    UniqueFd there;

    SocketPair() {
        std::array<int, 2> ends{};
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()),
              "make a socket for a process that looks after mounts");
        here.reset(ends[0]);
        there.reset(ends[1]);
    }
};

[[noreturn]] void live_as_child(const UniqueFd& there, const std::function<UniqueFd()>& work) {
    try {
        const auto result = work();
        send_with_descriptor(there, success, result ? result.get() : -1);
    } catch (const std::exception& error) {
        send_with_descriptor(there, std::string{"-"} + error.what(), -1);
    }
    ::_exit(0);
}

/// Done by a child, which ends; what it returns. Throws what it throws, as std::runtime_error.
UniqueFd apart(const std::function<UniqueFd()>& work) {
    SocketPair sockets;
    const pid_t child = check(::fork(), "start a process that looks after mounts");
    if (child == 0) {
        live_as_child(sockets.there, work);
    }
    sockets.there.reset();
    UniqueFd descriptor;
    std::array<char, 1024> buffer{};
    pollfd wait{sockets.here.get(), POLLIN, 0};
    const int answers = uninterrupted([&] { return ::poll(&wait, 1, patience_ms); });
    const auto got = answers > 0 ? receive_with_descriptor(sockets.here, buffer, descriptor) : -1;
    end_child(child); // it has said all that it has to say
    const std::string_view text{buffer.data(), static_cast<std::size_t>(got > 0 ? got : 0)};
    if (text.empty()) {
        throw std::runtime_error{answers == 0 ? "the file system does not answer"
                                              : "the process that looked after mounts was killed"};
    }
    if (text != success) {
        throw std::runtime_error{std::string{text.substr(1)}};
    }
    return descriptor;
}

UniqueFd open_namespace_of(pid_t pid) {
    return UniqueFd{check(::open(fmt::format("/proc/{}/ns/mnt", pid).c_str(), O_RDONLY | O_CLOEXEC),
                          "open a mount namespace")};
}

void enter(const UniqueFd& mounts) {
    check(::setns(mounts.get(), CLONE_NEWNS), "enter a mount namespace");
}

std::string place_of(const std::string& name) {
    return "/" + name;
}

/// In the namespace of the kept mounts.
void attach(const UniqueFd& tree, const std::string& name) {
    const auto place = place_of(name);
    struct stat status {};
    check(::fstat(tree.get(), &status), "look at {}", name);
    if (S_ISDIR(status.st_mode)) {
        ::umount2(place.c_str(), MNT_DETACH); // of an attempt that was given up
        ::rmdir(place.c_str());
        check(::mkdir(place.c_str(), 0700), "create {}", place);
    } else {
        const UniqueFd file{
            check(::open(place.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "create {}", place)};
    }
    attach_mount(tree.get(), place);
}

/// The child's own mount namespace becomes one with nothing in it.
UniqueFd new_namespace() {
    constexpr const char* staging = "/tmp"; // the lab's root has it
    check(::unshare(CLONE_NEWNS), "make a mount namespace");
    mount_new("tmpfs", staging, MS_NOSUID | MS_NODEV, "mode=0700");
    UniqueFd own{open_namespace_of(::getpid())};
    switch_root(staging);
    return own;
}

} // namespace

void KeptMounts::make_namespace() {
    if (!namespace_) {
        namespace_ = apart(new_namespace);
    }
}

void KeptMounts::keep(const std::vector<std::pair<std::string, const UniqueFd*>>& mounts) {
    make_namespace();
    apart([&] {
        enter(namespace_);
        for (const auto& [name, tree] : mounts) {
            attach(*tree, name);
        }
        return UniqueFd{};
    });
    for (const auto& [name, tree] : mounts) {
        names_.insert(name);
    }
}

void KeptMounts::keep_tmpfs(const std::string& name, pid_t pid, const std::string& path) {
    make_namespace();
    apart([&] {
        enter(open_namespace_of(pid));
        const auto tree = clone_mount(path, false);
        struct statfs about {};
        check(::fstatfs(tree.get(), &about), "look at {}", path);
        if (about.f_type != TMPFS_MAGIC) {
            throw std::runtime_error{path + " is something else's"};
        }
        enter(namespace_);
        attach(tree, name);
        return UniqueFd{};
    });
    names_.insert(name);
}

UniqueFd KeptMounts::copy(const std::string& name) const {
    if (!has(name)) {
        throw std::runtime_error{"nothing was kept as " + name};
    }
    return apart([&] {
        enter(namespace_);
        return clone_mount(place_of(name));
    });
}

void KeptMounts::drop(const std::string& name) {
    if (!names_.contains(name)) {
        return;
    }
    apart([&] {
        enter(namespace_);
        const auto place = place_of(name);
        check(::umount2(place.c_str(), MNT_DETACH), "let go of {}", name);
        check(::remove(place.c_str()), "remove {}", place);
        return UniqueFd{};
    });
    names_.erase(name);
}

} // namespace netlab
