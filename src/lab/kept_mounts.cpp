#include "lab/kept_mounts.h"

#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/mounts.h"
#include "sys/pass_descriptor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
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

using std::chrono::steady_clock;

/// A node's root may have put a file system in the way that never answers.
constexpr std::chrono::seconds patience{5};
/// So many nodes that do not answer make the others wait; none of them is given up for that.
constexpr std::size_t most_at_once = 256;
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

/// Work that is done by a child, which ends.
class Apart {
public:
    explicit Apart(const std::function<UniqueFd()>& work) {
        SocketPair sockets;
        child_ = check(::fork(), "start a process that looks after mounts");
        if (child_ == 0) {
            live_as_child(sockets.there, work);
        }
        socket_ = std::move(sockets.here);
    }

    /// Readable when it has ended.
    int fd() const { return socket_.get(); }

    /// What the work returned. Throws what it threw, as std::runtime_error, and if it has not ended
    /// by then.
    UniqueFd result(steady_clock::time_point deadline) const {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        pollfd wait{socket_.get(), POLLIN, 0};
        const int answers = uninterrupted(
            [&] { return ::poll(&wait, 1, static_cast<int>(std::max(left.count(), {}))); });
        if (answers == 0) {
            ::kill(child_, SIGKILL); // reaped with others, when the file system lets it end
            throw std::runtime_error{"the file system does not answer"};
        }
        UniqueFd descriptor;
        std::array<char, 1024> buffer{};
        const auto got = receive_with_descriptor(socket_, buffer, descriptor);
        end_child(child_); // it has said all that it has to say
        const std::string_view text{buffer.data(), static_cast<std::size_t>(std::max(got, {}))};
        if (text.empty()) {
            throw std::runtime_error{"the process that looked after mounts was killed"};
        }
        if (text != success) {
            throw std::runtime_error{std::string{text.substr(1)}};
        }
        return descriptor;
    }

private:
    pid_t child_ = -1;
    UniqueFd socket_;
};

/// What is done for one of many nodes, and until when it may take.
struct AskedNode {
    KeptMounts::Tmpfs* of = nullptr;
    Apart work;
    steady_clock::time_point deadline;
};

/// Until some have ended or may take no longer; those are taken out, each after a call of `take`.
void wait_for_some(std::vector<AskedNode>& all, const std::function<void(const AskedNode&)>& take) {
    std::vector<pollfd> waits;
    auto first = steady_clock::time_point::max();
    for (const auto& one : all) {
        waits.push_back({one.work.fd(), POLLIN, 0});
        first = std::min(first, one.deadline);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - steady_clock::now());
    uninterrupted([&] {
        return ::poll(waits.data(), waits.size(), static_cast<int>(std::max(left.count(), {})));
    });
    const auto now = steady_clock::now();
    auto wait = waits.cbegin();
    std::erase_if(all, [&](const AskedNode& one) {
        const bool over = (wait++)->revents != 0 || now >= one.deadline;
        if (over) {
            take(one);
        }
        return over;
    });
}

UniqueFd apart(const std::function<UniqueFd()>& work) {
    return Apart{work}.result(steady_clock::now() + patience);
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

/// A copy of what is at `path` in one mount namespace, attached in another. By a child.
UniqueFd carry_over(const UniqueFd& from, const std::string& path, const UniqueFd& to,
                    const std::string& name) {
    enter(from);
    const auto tree = clone_mount(path, false);
    struct statfs about {};
    check(::fstatfs(tree.get(), &about), "look at {}", path);
    if (about.f_type != TMPFS_MAGIC) {
        throw std::runtime_error{path + " is something else's"};
    }
    enter(to);
    attach(tree, name);
    return {};
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

void KeptMounts::keep_tmpfs(std::vector<Tmpfs>& all, const std::string& path) {
    std::vector<AskedNode> under_way;
    const auto take_some = [&] {
        wait_for_some(under_way, [this](const AskedNode& one) {
            try {
                one.work.result(one.deadline);
                names_.insert(one.of->name);
            } catch (const std::runtime_error& error) {
                one.of->refusal = error.what();
            }
        });
    };
    for (auto& one : all) {
        while (under_way.size() >= most_at_once) {
            take_some();
        }
        try {
            if (!has(one.name)) {
                make_namespace();
                Apart work{[&] {
                    return carry_over(open_namespace_of(one.pid), path, namespace_, one.name);
                }};
                under_way.push_back({&one, std::move(work), steady_clock::now() + patience});
            }
        } catch (const std::runtime_error& error) {
            one.refusal = error.what();
        }
    }
    while (!under_way.empty()) {
        take_some();
    }
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
