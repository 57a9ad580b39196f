#include "node/init.h"

#include "node/report.h"
#include "node/set_up.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/process.h"

#include <chrono>
#include <csignal>
#include <exception>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr auto supervisor_patience = std::chrono::minutes{10};

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

/// Keeps only the report pipe: everything else the supervisor had open, the lab's log among it, is
/// none of the node's.
int keep_only(int fd) {
    constexpr int kept = 3;
    check(::dup2(STDIN_FILENO, STDERR_FILENO), "let go of the lab's log");
    check(::dup3(fd, kept, O_CLOEXEC), "keep the report pipe");
    check(::syscall(SYS_close_range, kept + 1, ~0U, 0), "close the supervisor's files");
    return kept;
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

} // namespace

void run_init(const NodeSpec& spec, std::size_t number, const Nursery& nursery) noexcept {
    Report report{
        static_cast<std::uint32_t>(number), Report::Kind::tuned, Report::Subject::root, 0, {}};
    int pipe = nursery.reports.get();
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
        pipe = keep_only(pipe);
        send_report(pipe, report);
        if (!nursery.gate.wait(number, StartGate::Step::wired, supervisor_patience)) {
            ::_exit(1);
        }
        set_up_node(spec, report);
        report.kind = Report::Kind::ready;
        send_report(pipe, report);
        ::close(pipe);
    } catch (const std::exception& error) {
        report.kind = Report::Kind::failed;
        report.message = error.what();
        send_report(pipe, report);
        ::_exit(1);
    }
    reap_forever();
}

} // namespace netlab
