#include "lab/lab_cgroups.h"

#include "lab/lab.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr auto cgroup_patience = std::chrono::seconds{5};
constexpr const char* delegate =
    "start it in a cgroup of your own: systemd-run --user --scope -p Delegate=yes netlab up …";

[[noreturn]] void refuse(const NodePlan& node, const std::string& why, const std::string& cure) {
    throw LabError{fmt::format("cannot limit node {}: {}", node.name, why), node.limits_span,
                   "while limiting this node", cure};
}

std::vector<std::string> controllers_of(const Limits& limits) {
    std::vector<std::string> names;
    for (const auto& [name, text] : texts_of(limits)) {
        names.push_back(name);
    }
    return names;
}

/// Which controllers the lab needs, and a node that needs each: the first.
std::vector<std::pair<std::string, const NodePlan*>> wanted_controllers(const Plan& plan) {
    std::vector<std::pair<std::string, const NodePlan*>> wanted;
    for (const auto& node : plan.nodes) {
        for (const auto& name : controllers_of(node.limits)) {
            if (std::ranges::none_of(wanted, [&](const auto& one) { return one.first == name; })) {
                wanted.emplace_back(name, &node);
            }
        }
    }
    return wanted;
}

void check_controller(const std::string& directory, const std::string& name, const NodePlan& node,
                      bool delegated) {
    if (has_word(directory + "/cgroup.controllers", name)) {
        return;
    }
    const bool v1 = read_file_or("/proc/self/cgroup", "").find(":" + name) != std::string::npos;
    refuse(node, fmt::format("{} has no {} controller", directory, name),
           v1 ? "the host uses it in cgroup v1: boot it with systemd.unified_cgroup_hierarchy=1, "
                "or cgroup_no_v1=all"
           : delegated
               ? fmt::format("have it delegated to users: as root, systemctl edit user@.service, "
                             "add [Service] Delegate=cpu memory pids, and log in again")
               : "the host's kernel does not have it, or a container keeps it");
}

/// What to do where a cgroup hands no controllers on.
std::string cure_of(int error, bool delegated) {
    if (delegated) {
        return (error == EBUSY ? "other processes are in that cgroup: " : "") +
               std::string{delegate};
    }
    return error == EBUSY ? "its own processes are in the way, as in a container: move them to a "
                            "cgroup below it first"
                          : "a container needs cgroups that it may write (--cgroupns=private, and "
                            "/sys/fs/cgroup mounted read-write)";
}

/// Lets the cgroups below `directory` have these controllers.
void enable(const std::string& directory,
            const std::vector<std::pair<std::string, const NodePlan*>>& wanted, bool delegated) {
    const auto file = directory + "/cgroup.subtree_control";
    for (const auto& [name, node] : wanted) {
        if (has_word(file, name)) {
            continue;
        }
        try {
            write_file(file, "+" + name);
        } catch (const std::system_error& error) {
            refuse(*node, error.what(), cure_of(error.code().value(), delegated));
        }
    }
}

void set(const std::string& directory, const char* file, const std::string& text) {
    write_file(directory + "/" + file, text);
}

/// Each node with limits holds a descriptor until it is started.
void allow_many_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

[[noreturn]] void sweep(const std::string& lab, int pidfd) {
    ::setsid();
    ::signal(SIGHUP, SIG_IGN);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::close(fd); // whoever started us must not wait for our end
    }
    const int kept = ::dup2(pidfd, STDIN_FILENO);
    ::syscall(SYS_close_range, 1U, ~0U, 0U);
    std::ignore = ::chdir("/");
    retitle_process("netlab: cgroups of lab " + lab.substr(lab.rfind('/') + 1));
    pollfd ended{kept, POLLIN, 0};
    while (::poll(&ended, 1, -1) < 0) {
    }
    std::ignore = remove_cgroups(lab, cgroup_patience);
    ::_exit(0);
}

} // namespace

LabCgroups::LabCgroups(const Plan& plan, const StateDirectory& state) {
    const auto limited =
        std::ranges::find_if(plan.nodes, [](const NodePlan& node) { return node.limits.any(); });
    if (limited == plan.nodes.end()) {
        return;
    }
    const auto place = find_cgroup();
    if (!place) {
        refuse(*limited, "this host shows no cgroup v2",
               "mount one: mount -t cgroup2 none /sys/fs/cgroup");
    }
    place_ = *place;
    delegated_ = ::geteuid() != 0;
    allow_many_files();
    try {
        make(plan, state);
    } catch (const LabError&) {
        leave_own_group();
        throw;
    } catch (const std::system_error& error) {
        leave_own_group();
        refuse(*limited, error.what(), cure_of(error.code().value(), delegated_));
    }
}

void LabCgroups::make(const Plan& plan, const StateDirectory& state) {
    const auto wanted = wanted_controllers(plan);
    parent_ = delegated_ ? place_.own : place_.mount;
    const auto& first = *wanted.front().second;
    if (delegated_ && (::access(parent_.c_str(), W_OK) != 0 ||
                       ::access((parent_ + "/cgroup.subtree_control").c_str(), W_OK) != 0)) {
        refuse(first, fmt::format("the cgroup {} is not yours", parent_), delegate);
    }
    for (const auto& [name, node] : wanted) {
        check_controller(parent_, name, *node, delegated_);
    }
    struct stat status {};
    check(::fstat(state.fd().get(), &status), "look at the state folder");
    make_lab_group(fmt::format("netlab.{}.{}", plan.name, status.st_ino));
    state.write("cgroup", lab_);
    if (delegated_) {
        // A cgroup hands controllers on only while no process is in it, so not we either.
        const auto own = lab_ + "/supervisor";
        check(::mkdir(own.c_str(), 0755), "create the cgroup {}", own);
        write_file(own + "/cgroup.procs", "0");
    }
    enable(parent_, wanted, delegated_);
    enable(lab_, wanted, delegated_);
    for (const auto& node : plan.nodes) {
        nodes_.emplace_back();
        if (node.limits.any()) {
            make_node_group(node);
        }
    }
}

/// The name is another's if that one's state folder has the same number on another file system.
void LabCgroups::make_lab_group(const std::string& name) {
    auto path = parent_ + "/" + name;
    for (int i = 2; ::mkdir(path.c_str(), 0755) != 0; ++i) {
        if (errno != EEXIST) {
            throw_errno(errno, "create the cgroup " + path);
        }
        path = fmt::format("{}/{}-{}", parent_, name, i);
    }
    lab_ = path;
}

/// The limits are set one level above the cgroup that the node's processes are in and its cgroup
/// namespace begins at: the root of a node can write the files of that one.
void LabCgroups::make_node_group(const NodePlan& node) {
    constexpr std::uint64_t period = 100'000; // microseconds; the kernel's own default
    const auto outer = lab_ + "/node-" + node.name;
    const auto inner = outer + "/node";
    check(::mkdir(outer.c_str(), 0755), "create the cgroup {}", outer);
    if (node.limits.cpu) {
        set(outer, "cpu.max", fmt::format("{} {}", *node.limits.cpu * period / 1000, period));
    }
    if (node.limits.memory) {
        set(outer, "memory.max", std::to_string(*node.limits.memory));
        if (::access((outer + "/memory.swap.max").c_str(), F_OK) == 0) {
            set(outer, "memory.swap.max", "0");
        }
    }
    if (node.limits.pids) {
        set(outer, "pids.max", std::to_string(*node.limits.pids + 1)); // with the node's init
    }
    check(::mkdir(inner.c_str(), 0755), "create the cgroup {}", inner);
    const auto procs = inner + "/cgroup.procs";
    nodes_.back() = {
        inner, UniqueFd{check(::open(procs.c_str(), O_WRONLY | O_CLOEXEC), "open {}", procs)}};
}

void LabCgroups::leave_sweeper(const UniqueFd& pidfd) const {
    if (lab_.empty() || delegated_) {
        return;
    }
    const pid_t child = check(::fork(), "fork a process that takes the cgroups away");
    if (child == 0) {
        // Forked once more, it is nobody's to wait for.
        if (::fork() == 0) {
            sweep(lab_, pidfd.get());
        }
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

/// Back to where the command was started, if it had to leave that.
void LabCgroups::leave_own_group() {
    if (lab_.empty()) {
        return;
    }
    remove_cgroups(lab_, delegated_ ? std::chrono::milliseconds{0} : cgroup_patience);
    if (!delegated_) {
        return;
    }
    for (const char* controller : {"-cpu", "-memory", "-pids"}) {
        for (const auto& directory : {lab_, parent_}) {
            try {
                write_file(directory + "/cgroup.subtree_control", controller);
            } catch (const std::system_error&) {
                continue; // it was not enabled, or another lab needs it
            }
        }
    }
    try {
        write_file(parent_ + "/cgroup.procs", "0");
    } catch (const std::system_error&) {
        return; // then this process's end is what empties it, and the next command removes it
    }
    remove_cgroups(lab_, cgroup_patience);
}

LabCgroups::~LabCgroups() {
    if (!kept_) {
        leave_own_group();
    }
}

} // namespace netlab
