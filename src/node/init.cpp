#include "node/init.h"

#include "node/command_output.h"
#include "node/report.h"
#include "node/service_keeper.h"
#include "node/set_up.h"
#include "node/sysctl.h"
#include "node/time_namespace.h"
#include "node/wall_clock.h"
#include "sys/check.h"
#include "sys/process.h"

#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

/// Nodes may wait for the services of others, which may take hours. If the supervisor dies, so do
/// they.
constexpr auto supervisor_patience = std::chrono::hours{48};

void reap() {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

[[noreturn]] void reap_forever(LeftOutput& left) {
    for (const auto children = watch_children(); !left.empty();) {
        std::vector<pollfd> polls{{children.get(), POLLIN, 0}};
        left.add_polls(polls);
        ::poll(polls.data(), polls.size(), -1);
        left.discard();
        take_ends(children);
        reap();
    }
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        reap();
        ::sigwaitinfo(&child, nullptr);
    }
}

/// Keeps only these, as 3, 4, …: everything else the supervisor had open, the lab's log among it,
/// is none of the node's.
void keep_only(const std::vector<int*>& kept) {
    constexpr int first = 3;
    const int behind = first + static_cast<int>(kept.size());
    check(::dup2(STDIN_FILENO, STDERR_FILENO), "let go of the lab's log");
    for (std::size_t i = 1; i < kept.size(); ++i) { // out of the way of the one before
        *kept[i] = check(::fcntl(*kept[i], F_DUPFD_CLOEXEC, behind), "keep a file");
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const int place = first + static_cast<int>(i);
        check(::dup3(*kept[i], place, O_CLOEXEC), "keep a file");
        *kept[i] = place;
    }
    check(::syscall(SYS_close_range, behind, ~0U, 0), "close the supervisor's files");
}

void prepare(const NodeSpec& spec) {
    ::setsid();
    check(::sethostname(spec.name.data(), spec.name.size()), "set the host name {}", spec.name);
    enter_node_root(spec.root);
}

/// By way of the node's own /proc: in the lab's, each node would add its own entries of the same
/// names to one hash chain of the kernel's (fs/proc/proc_sysctl.c), which every other node then
/// searches.
void tune(const NodeSpec& spec) {
    for (const auto& [name, value] : spec.defaults) {
        write_sysctl_if_there(name, value); // a kernel without IPv6, say, has none of its sysctls
    }
}

void restore_file_limit(std::uint64_t open_files) {
    rlimit limit{};
    if (open_files > 0 && ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = open_files;
        check(::setrlimit(RLIMIT_NOFILE, &limit), "set the limit on open files back");
    }
}

/// Nodes without services keep the pipe alone, and pay for nothing more.
void keep_files(const NodeSpec& spec, int& pipe, std::optional<ServiceKeeper>& keeper) {
    if (spec.services.empty()) {
        keep_only({&pipe});
        return;
    }
    ServiceBoard board{spec.board, spec.services.size(), ServiceBoard::Access::write};
    int line = spec.line;
    keep_only({&pipe, &line});
    keeper.emplace(spec.services, std::move(board), UniqueFd{line});
}

/// The node's own init, one step after the other.
class Init {
public:
    Init(const NodeSpec& spec, std::size_t number, const Nursery& nursery)
        : spec_{spec}, number_{number}, gate_{nursery.gate}, pipe_{nursery.reports.get()} {
        report_.node = static_cast<std::uint32_t>(number);
    }

    void start() {
        wait_for(StartGate::Step::mapped);
        if (spec_.cgroup >= 0) {
            // The cgroup namespace of the clone has its root where the supervisor is.
            check(::unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
        }
        retitle_process("netlab: " + spec_.name);
        // The supervisor enters its network namespace by /proc: dumpable went with the change of
        // ids.
        ::prctl(PR_SET_DUMPABLE, 1);
        mount_node_proc();
        if (spec_.clock.is_shifted()) {
            report_.subject = Report::Subject::clock;
            enter_time_namespace(spec_.clock);
            report_.subject = Report::Subject::root;
        }
        tune(spec_);
        send_report(pipe_, report_);
        report_.kind = Report::Kind::prepared;
        prepare(spec_);
        if (spec_.wall_clock) {
            report_.subject = Report::Subject::clock;
            set_wall_clock(*spec_.wall_clock);
            report_.subject = Report::Subject::root;
        }
        keep_files(spec_, pipe_, keeper_);
        restore_file_limit(spec_.open_files);
        send_report(pipe_, report_);
    }

    /// The first that runs in a node runs here, while the pipe of all nodes is still open. Without
    /// being dumpable, this process's files and memory are closed to the node's root (ptrace(2)),
    /// so that it cannot write reports, in the name of other nodes even. A pipe for each node would
    /// say who speaks, but be a descriptor for each that every later clone copies; a node that
    /// starts again has one, and stays open, so that its links can be changed. Not for good: an
    /// ordinary user's `exec` could not join the node, which takes the same right (see setns(2)).
    void set_up() {
        wait_for(StartGate::Step::wired);
        gate_.leave();
        check(::prctl(PR_SET_DUMPABLE, spec_.own_reports ? 1 : 0), "close PID 1 to the node");
        set_up_node(spec_, report_, left_);
        if (keeper_) {
            keeper_->take_over(std::move(left_));
            keeper_->start_all(report_);
        }
        report_.kind = Report::Kind::ready;
        send_report(pipe_, report_);
        ::close(pipe_); // first: once it can be reached nothing of the lab's may be left here
        check(::prctl(PR_SET_DUMPABLE, 1), "open PID 1 to the node");
    }

    void tell_failure(const char* why) {
        report_.kind = Report::Kind::failed;
        report_.message = why;
        send_report(pipe_, report_);
    }

    [[noreturn]] void keep_forever() {
        if (keeper_) {
            keeper_->keep_forever();
        }
        reap_forever(left_);
    }

private:
    void wait_for(StartGate::Step step) {
        if (!gate_.wait(number_, step, supervisor_patience)) {
            ::_exit(1);
        }
    }

    const NodeSpec& spec_;
    std::size_t number_;
    StartGate& gate_;
    int pipe_;
    Report report_;
    std::optional<ServiceKeeper> keeper_;
    LeftOutput left_;
};

} // namespace

void run_init(const NodeSpec& spec, std::size_t number, const Nursery& nursery) noexcept {
    Init init{spec, number, nursery};
    if (nursery.brood != nullptr) {
        nursery.brood->leave();
    }
    try {
        init.start();
        init.set_up();
    } catch (const std::exception& error) {
        init.tell_failure(error.what());
        for (;;) { // to be ended by who hears it: the neighbours' interfaces would go with this
                   // one's
            ::pause();
        }
    }
    init.keep_forever();
}

} // namespace netlab
