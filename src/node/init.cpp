#include "node/init.h"

#include "node/report.h"
#include "node/service_keeper.h"
#include "node/set_up.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/process.h"

#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
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

[[noreturn]] void reap_forever() {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
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
        if (sysctl_exists(name)) { // a kernel without IPv6, say, has none of its sysctls
            write_sysctl(name, value);
        }
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

} // namespace

void run_init(const NodeSpec& spec, std::size_t number, const Nursery& nursery) noexcept {
    Report report{
        static_cast<std::uint32_t>(number), Report::Kind::tuned, Report::Subject::root, 0, {}};
    int pipe = nursery.reports.get();
    std::optional<ServiceKeeper> keeper;
    try {
        if (!nursery.gate.wait(number, StartGate::Step::mapped, supervisor_patience)) {
            ::_exit(1);
        }
        if (spec.cgroup >= 0) {
            // The cgroup namespace of the clone has its root where the supervisor is.
            check(::unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
        }
        retitle_process("netlab: " + spec.name);
        // Without this the kernel keeps /proc/1 from the node's own root: dumpable went with the
        // change of ids.
        ::prctl(PR_SET_DUMPABLE, 1);
        mount_node_proc();
        tune(spec);
        send_report(pipe, report);
        report.kind = Report::Kind::prepared;
        prepare(spec);
        keep_files(spec, pipe, keeper);
        restore_file_limit(spec.open_files);
        send_report(pipe, report);
        if (!nursery.gate.wait(number, StartGate::Step::wired, supervisor_patience)) {
            ::_exit(1);
        }
        set_up_node(spec, report);
        if (keeper) {
            keeper->start_all(report);
        }
        report.kind = Report::Kind::ready;
        send_report(pipe, report);
        ::close(pipe);
    } catch (const std::exception& error) {
        report.kind = Report::Kind::failed;
        report.message = error.what();
        send_report(pipe, report);
        ::_exit(1);
    }
    if (keeper) {
        keeper->keep_forever();
    }
    reap_forever();
}

} // namespace netlab
