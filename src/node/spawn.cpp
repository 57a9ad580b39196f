#include "node/spawn.h"

#include "node/init.h"
#include "sys/check.h"
#include "sys/id_map.h"
#include "sys/own_program.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <array>
#include <chrono>
#include <thread>

#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::uint64_t node_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS |
                                          CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
                                          CLONE_NEWCGROUP;

/// The kernel takes network namespaces apart after their last process has ended: right after
/// another lab's end, a limit on their number may still be reached for a second or so.
constexpr auto patience = std::chrono::seconds{4};

Clone clone_with_patience(Parent parent) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto clone =
            clone_process(node_namespaces | (parent == Parent::supervisor ? CLONE_PARENT : 0U));
        if (clone.pid >= 0 || (errno != ENOSPC && errno != EAGAIN && errno != ENOMEM) ||
            std::chrono::steady_clock::now() > deadline) {
            return clone;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

/// For as long as it lives this process may look at others by its ids alone: by CAP_SYS_PTRACE it
/// could look at memory of the lab's user namespace, dumpable or not, which nobody else in it can.
class WithoutTracing {
public:
    WithoutTracing() {
        ::syscall(SYS_capget, &header_, before_.data());
        auto less = before_;
        less[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective &= ~CAP_TO_MASK(CAP_SYS_PTRACE);
        ::syscall(SYS_capset, &header_, less.data());
    }
    ~WithoutTracing() { ::syscall(SYS_capset, &header_, before_.data()); }
    WithoutTracing(const WithoutTracing&) = delete;
    WithoutTracing& operator=(const WithoutTracing&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> before_{};
};

} // namespace

std::string explain_namespace_error(int error) {
    const auto is = [](const char* path, std::string_view value) {
        return read_file_or(path, "").starts_with(value);
    };
    if (error == ENOSPC || error == EUSERS) {
        return "the host's limit on namespaces is reached (user.max_user_namespaces, "
               "user.max_net_namespaces and "
               "their like; as root: sysctl -w user.max_net_namespaces=N)";
    }
    if (error == EAGAIN) {
        return "a limit on processes is reached (ulimit -u, kernel.pid_max, or a cgroup's "
               "pids.max)";
    }
    if (is("/proc/sys/user/max_user_namespaces", "0\n")) {
        return "this host allows no user namespaces (as root: sysctl -w "
               "user.max_user_namespaces=10000)";
    }
    if (is("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
        return "this host keeps user namespaces from ordinary users (as root: sysctl -w "
               "kernel.unprivileged_userns_clone=1)";
    }
    if (are_namespaces_by_path()) {
        return "AppArmor keeps user namespaces from programs without a profile (as root: sysctl -w "
               "kernel.apparmor_restrict_unprivileged_userns=0, or give netlab a profile that "
               "allows userns)";
    }
    if (error == EPERM) {
        return "the host refuses namespaces (in a container: run it with --security-opt "
               "seccomp=unconfined, or with "
               "user namespaces allowed)";
    }
    return {};
}

pid_t clone_node(const NodeSpec& spec, std::size_t number, const Nursery& nursery, Parent parent) {
    const auto clone = clone_with_patience(parent);
    if (clone.pid < 0) {
        const int error = errno;
        const auto why = explain_namespace_error(error);
        throw_errno(error, fmt::format("make the namespaces of node {}{}{}", spec.name,
                                       why.empty() ? "" : ": ", why));
    }
    if (clone.pid == 0) {
        run_init(spec, number, nursery);
    }
    return clone.pid;
}

void map_node(pid_t pid, const NodeSpec& spec, std::size_t number, const Nursery& nursery) {
    write_id_map_files(pid, nursery.uid_map, nursery.gid_map);
    if (spec.cgroup >= 0) {
        const auto text = std::to_string(pid);
        check(::write(spec.cgroup, text.data(), text.size()), "put node {} into its cgroup",
              spec.name);
    }
    nursery.gate.open(number, StartGate::Step::mapped);
}

pid_t spawn_node(const NodeSpec& spec, std::size_t number, const Nursery& nursery) {
    const auto pid = clone_node(spec, number, nursery);
    map_node(pid, spec, number, nursery);
    return pid;
}

bool can_be_joined(pid_t pid) {
    // Reading the link takes the same right over the process as setns(2). One that has ended is not
    // waited for.
    const WithoutTracing by_ids_alone;
    std::array<char, 64> name{};
    const auto link = fmt::format("/proc/{}/ns/user", pid);
    return ::readlink(link.c_str(), name.data(), name.size()) > 0 ||
           (errno != EACCES && errno != EPERM);
}

} // namespace netlab
