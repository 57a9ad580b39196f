#include "lab/supervisor.h"

#include "lab/bring_up.h"
#include "lab/node_specs.h"
#include "lab/start_channel.h"
#include "lab/wiring.h"
#include "node/join.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab {

namespace {

/// Files that the caller had open when it ran netlab, a lock or the end of a pipe among them. They
/// are those without FD_CLOEXEC: all that netlab opens itself has it.
void close_inherited_files() {
    std::vector<int> inherited;
    for (const auto& entry : entries_of("/proc/self/fd")) {
        const int fd = std::stoi(entry.path().filename().string());
        if (fd > STDERR_FILENO && (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
            inherited.push_back(fd);
        }
    }
    std::ranges::for_each(inherited, [](int fd) { ::close(fd); });
}

/// Nothing of the caller's is left: its terminal, its keys, its environment, its other files.
void leave_caller(SupervisorStart& start) {
    const UniqueFd null{check(::open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null")};
    check(::dup2(null.get(), STDIN_FILENO), "let go of stdin");
    check(::dup2(null.get(), STDOUT_FILENO), "let go of stdout");
    check(::dup2(start.log.get(), STDERR_FILENO), "write to the log");
    close_inherited_files();
    ::setsid();
    leave_session_keyring();
    retitle_process("netlab: lab " + start.plan.name);
}

void become_root() {
    std::ignore = ::setgroups(0, nullptr); // refused where only one id is mapped
    check(::setresgid(0, 0, 0), "become the lab's root group");
    check(::setresuid(0, 0, 0), "become the lab's root");
    // The kernel clears these when ids change.
    check(::prctl(PR_SET_DUMPABLE, 1), "let the lab's owner look at it");
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL), "end with the command that starts the lab");
}

void block_signals() {
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

void set_up_log(int level) {
    auto logger = spdlog::stderr_logger_st("netlab");
    logger->set_level(level > 1    ? spdlog::level::trace
                      : level == 1 ? spdlog::level::debug
                                   : spdlog::level::info);
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    spdlog::set_default_logger(std::move(logger));
}

[[noreturn]] void fail(const UniqueFd& channel, const std::string& text,
                       const std::string& hint = {}) {
    spdlog::error("{}", text);
    // Unheard, the end of the channel says so much, and the log has the rest.
    std::ignore = send_message(channel, {StartMessage::Kind::failed, {}, 0, 0, text, hint});
    std::_Exit(1); // the kernel ends the nodes: the destructors of what they were made from have
                   // nothing to add
}

void supervise(SupervisorStart& start) {
    block_signals();
    if (!wait_for_go(start.channel)) {
        std::_Exit(1);
    }
    // As they came to be: newuidmap may have refused the range.
    start.maps.uids = parse_id_map(read_file("/proc/self/uid_map"));
    start.maps.gids = parse_id_map(read_file("/proc/self/gid_map"));
    if (start.trees.of_nodes.empty()) {
        start.trees = open_bind_trees(start.plan);
    }
    leave_caller(start);
    become_root();
    set_up_log(start.log_level);
    // From now on the socket names this process to a command that wants to end the lab; others wait
    // until it is up.
    check(::listen(start.listener.get(), 128), "listen on the control socket");
    Lab lab{start.plan};
    bring_up(lab, start);
    spdlog::info("lab {} is up: {} nodes, {} links", start.plan.name, start.plan.nodes.size(),
                 start.plan.links.size());
    start.log.reset();
    // Before the command hears of it: once it has said `go`, it ends without waiting for more. If
    // it ends before, there is no `go`.
    if (!start.tethered) {
        check(::prctl(PR_SET_PDEATHSIG, 0), "outlive the command that starts the lab");
    }
    if (!send_message(start.channel, {StartMessage::Kind::ready, {}, 0, 0, {}})) {
        throw_errno(errno, "tell the command that the lab is up");
    }
    if (!wait_for_go(start.channel)) {
        std::_Exit(1);
    }
    start.channel.reset();
    start.serve(lab, start.listener);
}

} // namespace

std::string with_place(const LabError& error, const Source& source) {
    const auto position = source.position(error.span().begin);
    return fmt::format("{}\n  {}:{}:{}: {}", error.what(), source.name(), position.line,
                       position.column, error.doing());
}

void run_supervisor(SupervisorStart start) noexcept {
    try {
        supervise(start);
        std::_Exit(0);
    } catch (const LabError& error) {
        fail(start.channel, with_place(error, start.source), error.hint());
    } catch (const std::exception& error) {
        fail(start.channel, error.what());
    }
}

} // namespace netlab
