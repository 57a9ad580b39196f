#include "node/join_inside.h"

#include "image/layers.h"
#include "node/whereabouts.h"
#include "sys/check.h"
#include "sys/end_child.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr int all_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                               CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
constexpr mode_t usual_umask = 022;
constexpr int cannot_run = 126;
constexpr int not_found = 127;

[[noreturn]] void throw_not_started(const WayIn& way, int exit_code, const std::string& reason) {
    throw CommandNotStarted{exit_code, way.request.node_name + ": " + reason};
}

std::string words(int error) {
    return std::generic_category().message(error);
}

/// The same open file under a number that is not one of 0, 1, 2.
int lifted(int fd) {
    return fd > 2 ? fd : check(::fcntl(fd, F_DUPFD_CLOEXEC, 3), "move descriptor {}", fd);
}

void place_stdio(const CommandStdio& stdio) {
    if (stdio.in == 0 && stdio.out == 1 && stdio.err == 2) {
        return;
    }
    const std::array<int, 3> sources{lifted(stdio.in), lifted(stdio.out), lifted(stdio.err)};
    for (int target = 0; target < 3; ++target) {
        const int source = sources[static_cast<std::size_t>(target)];
        check(::dup2(source, target), "put descriptor {} in the place of {}", source, target);
    }
}

void end_with_caller(const WayIn& way) {
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL), "ask for a signal when the caller ends");
    if (::getppid() != way.caller) {
        std::_Exit(1);
    }
}

/// Out of reach of the caller's terminal and of the node's processes. Blocked signals also keep a
/// Ctrl-C that is meant for the command from ending the one who is to report how it ended.
void set_apart(const WayIn& way) {
    ::sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::signal(SIGCHLD, SIG_DFL); // ignored, it would lose the exit status
    // Not in the foreground job, so that ^Z does not stop it. (A session of its own would also be a
    // scheduler's autogroup of its own: on a busy machine that costs a time slice.)
    ::setpgid(0, 0);
    // Without this the node's root could trace us from the moment we are in its user namespace.
    check(::prctl(PR_SET_DUMPABLE, 0), "forbid tracing");
    end_with_caller(way);
}

void enter_namespaces(const WayIn& way, int pidfd) {
    // Not of every node: into the host's own time namespace nobody but its root may go.
    const int time = way.request.has_time_namespace ? CLONE_NEWTIME : 0;
    if (::setns(pidfd, all_namespaces | time) == 0) {
        return;
    }
    const int error = errno;
    if (error == ESRCH) {
        throw_not_started(way, 1, "the node is not running");
    }
    const char* advice =
        error == EPERM ? " (only the user who started the lab, and root, may)" : "";
    throw_not_started(way, 1,
                      fmt::format("cannot enter its namespaces: {}{}", words(error), advice));
}

/// One at a time, because the kernel does not say which of them is not mapped.
std::vector<gid_t> mapped_groups(const std::vector<gid_t>& groups) {
    std::vector<gid_t> mapped;
    std::copy_if(groups.begin(), groups.end(), std::back_inserter(mapped),
                 [](gid_t group) { return ::setgroups(1, &group) == 0; });
    return mapped;
}

void set_supplementary_groups(const NodeUser& user) {
    if (::setgroups(user.groups.size(), user.groups.data()) == 0) {
        return;
    }
    if (errno == EINVAL) {
        const auto mapped = mapped_groups(user.groups);
        check(::setgroups(mapped.size(), mapped.data()), "set supplementary groups");
    } else if (errno !=
               EPERM) { // EPERM: the node has a single id, and with that the kernel denies it
        throw_errno(errno, "set supplementary groups");
    }
}

[[noreturn]] void throw_not_mapped(const WayIn& way, const NodeUser& user, int error) {
    if (error != EINVAL) {
        throw_not_started(way, cannot_run,
                          fmt::format("cannot become user {}: {}", user.uid, words(error)));
    }
    throw_not_started(
        way, cannot_run,
        fmt::format(
            "user \"{}\" (uid {}, gid {}) does not exist in the node's user namespace; nodes have "
            "65536 users when the one who starts the lab has a range of that many in /etc/subuid "
            "and /etc/subgid, and newuidmap is installed",
            way.request.user, user.uid, user.gid));
}

/// Who may be someone else than we: only root's capabilities go when root becomes another, and only
/// who has a number in the node can make files there.
void become_root() {
    check(::setresgid(0, 0, 0), "become the node's root group");
    check(::setresuid(0, 0, 0), "become the node's root");
}

void become(const WayIn& way, const NodeUser& user) {
    set_supplementary_groups(user);
    if ((user.gid != 0 && ::setresgid(user.gid, user.gid, user.gid) != 0) ||
        (user.uid != 0 && ::setresuid(user.uid, user.uid, user.uid) != 0)) {
        throw_not_mapped(way, user, errno);
    }
}

NodeUser look_up_user(const WayIn& way) {
    try {
        return find_user(way.request.user, small_file("/etc/passwd"), small_file("/etc/group"));
    } catch (const std::invalid_argument& mistake) {
        throw_not_started(way, cannot_run, mistake.what());
    }
}

void enter_directory(const WayIn& way, const Whereabouts& caller) {
    if (way.request.workdir.empty()) {
        if (!caller.enter()) {
            check(::chdir("/"), "enter / of {}", way.request.node_name);
        }
    } else if (::chdir(way.request.workdir.c_str()) != 0) {
        throw_not_started(way, cannot_run,
                          fmt::format("cannot enter its working directory {}: {}",
                                      way.request.workdir, words(errno)));
    }
}

/// What the last process before the exec needs; all memory is asked for before it is forked.
struct Launch {
    std::vector<std::string> environment;
    std::vector<std::string> candidates;
    std::vector<const char*> argv;
    std::vector<const char*> envp;

    Launch(const WayIn& way, const NodeUser& user)
        : environment{command_environment(way.request, user, ::environ, way.terminal != nullptr)},
          candidates{command_candidates(way.request.argv.at(0), environment)} {
        argv.push_back("/bin/sh"); // in front, for a script that does not say who reads it
        for (const auto& argument : way.request.argv) {
            argv.push_back(argument.c_str());
        }
        argv.push_back(nullptr);
        for (const auto& entry : environment) {
            envp.push_back(entry.c_str());
        }
        envp.push_back(nullptr);
    }
};

int execute(const char* path, const char* const* argv, const Launch& launch) {
    // execve changes neither array; its prototype is older than const.
    ::execve(path, const_cast<char* const*>(argv), const_cast<char* const*>(launch.envp.data()));
    return errno;
}

[[noreturn]] void execute_first(const WayIn& way, Launch& launch) {
    const auto& name = way.request.argv[0];
    int reason = ENOENT;
    bool exists = false;
    for (const auto& path : launch.candidates) {
        // A directory of PATH that we may not look into does not hold the command.
        const bool there = ::access(path.c_str(), F_OK) == 0;
        if (!there && launch.candidates.size() > 1) {
            continue; // an execve(2) in vain costs several times as much
        }
        int error = execute(path.c_str(), launch.argv.data() + 1, launch);
        if (error == ENOEXEC) {
            launch.argv[1] = path.c_str();
            error = execute("/bin/sh", launch.argv.data(), launch);
        }
        reason = error;
        exists = there;
        if (error != EACCES) {
            break;
        }
    }
    if (reason == ENOENT && exists) {
        throw_not_started(way, cannot_run, name + ": the interpreter that it names was not found");
    }
    if (reason == ENOENT || reason == ENOTDIR) {
        throw_not_started(way, not_found, name + ": not found");
    }
    throw_not_started(way, cannot_run, fmt::format("{}: {}", name, words(reason)));
}

void end_with_keeper(int keeper) {
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL), "ask for a signal when the caller ends");
    // Its parent is in no namespace that we see: getppid() is 0.
    ::pollfd ended{keeper, POLLIN, 0};
    if (::poll(&ended, 1, 0) != 0) {
        std::_Exit(1);
    }
}

/// Open before the host is out of sight; what was opened may be written from anywhere.
UniqueFd open_cgroup(const WayIn& way) {
    if (way.request.cgroup.empty()) {
        return {};
    }
    const auto path = way.request.cgroup + "/cgroup.procs";
    return UniqueFd{check(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open {}", path)};
}

/// The node's limits are to hold for the command, too.
void join_cgroup(const WayIn& way, int cgroup) {
    if (cgroup < 0 || ::write(cgroup, "0", 1) > 0) {
        return;
    }
    const int error = errno;
    throw_not_started(
        way, 1,
        fmt::format("cannot put the command under the node's limits: {}{}", words(error),
                    error == EACCES || error == EPERM
                        ? " (run it from where the lab was started, or with systemd-run --user "
                          "--scope netlab exec …)"
                        : ""));
}

/// Descriptors that outlive the fork of the command.
struct Kept {
    int keeper = -1; ///< pidfd of the process that waits for the command
    int cgroup = -1; ///< cgroup.procs of the node's cgroup
};

/// `pause` stops a node's PID 1 before it looks for others: what begins later is not to run.
void refuse_if_paused(const WayIn& way) {
    const UniqueFd file{::open("/proc/1/stat", O_RDONLY | O_CLOEXEC)};
    std::array<char, 512> text{};
    const auto size = file ? ::read(file.get(), text.data(), text.size()) : 0;
    const std::string_view stat{text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    const auto end = stat.rfind(')'); // proc_pid_stat(5): then a space, and the state
    if (end != std::string_view::npos && stat.substr(end + 1, 2) == " T") {
        throw_not_started(way, 1, "the node is paused; netlab resume lets it go on");
    }
}

[[noreturn]] void become_command(const WayIn& way, Launch& launch, const Kept& kept) {
    end_with_keeper(kept.keeper);
    join_cgroup(way, kept.cgroup);
    ::setsid();
    if (way.terminal != nullptr) {
        check(::ioctl(0, TIOCSCTTY, 0), "take the terminal of {}", way.request.node_name);
    }
    ::umask(usual_umask);
    check(::syscall(SYS_close_range, 3U, ~0U, 0U), "close what is open");
    reset_signals();
    refuse_if_paused(way);
    execute_first(way, launch);
}

void write_report(JoinReport& report, int exit_code, const std::string& text) {
    const auto size = std::min(text.size(), report.text.size() - 1);
    std::copy_n(text.begin(), size, report.text.begin());
    report.exit_code = exit_code;
}

/// Says why the process between caller and command ends, and ends it. Called while handling an
/// exception.
[[noreturn]] void end_with_report(const WayIn& way) {
    try {
        throw;
    } catch (const CommandNotStarted& refusal) {
        write_report(way.report, refusal.exit_code(), refusal.what());
    } catch (const std::exception& refusal) {
        write_report(way.report, 1, way.request.node_name + ": " + refusal.what());
    }
    std::_Exit(1);
}

[[noreturn]] void begin_command(const WayIn& way, Launch& launch, const Kept& kept) {
    try {
        become_command(way, launch, kept);
    } catch (const std::exception&) {
        end_with_report(way);
    }
}

pid_t start_command(const WayIn& way) {
    const int pidfd = lifted(way.request.pidfd);
    const auto cgroup = open_cgroup(way);
    const int socket = way.terminal != nullptr ? lifted(way.terminal_socket) : -1;
    set_apart(way);
    place_stdio(way.stdio);
    Whereabouts caller;
    if (way.request.workdir.empty()) {
        caller.look(pidfd);
    }
    enter_namespaces(way, pidfd);
    become_root();
    mount_layers();
    const auto user = look_up_user(way);
    Launch launch{way, user};
    become(way, user);
    end_with_caller(way); // once more: the kernel forgets it when ids change
    enter_directory(way, caller);
    if (way.terminal != nullptr) {
        open_terminal(way, socket);
    }
    const UniqueFd self{
        static_cast<int>(check(::syscall(SYS_pidfd_open, ::getpid(), 0), "watch myself"))};
    // The keeper waits for the exec anyway, so nothing of its memory need be copied. The child may
    // not return from here.
    const pid_t command = ::vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (command < 0) {
        // ENOMEM is also how the kernel says that the PID namespace's first process has ended.
        throw_not_started(way, 1, fmt::format("cannot start a process in it: {}", words(errno)));
    }
    if (command == 0) {
        begin_command(way, launch, {self.get(), cgroup.get()});
    }
    return command;
}

/// The whole group: a shell, say, has started others. That the command has asked for the keeper's
/// death as its own is for when this cannot be done; the kernel forgets it if the program has
/// capabilities of its file (ping). Reaped here: left to the host's init it would keep the node's
/// PID namespace, and whoever waits for its end, until that comes to it.
[[noreturn]] void end_command_and_self(pid_t command) {
    if (::kill(-command, SIGKILL) == 0) { // else it has become somebody over whom there is no power
        end_child(command);
    }
    std::_Exit(128 + SIGKILL);
}

/// Waits holding nothing: a pipe that the command closes is closed.
int wait_for_command(const WayIn& way, pid_t command) {
    ::prctl(PR_SET_PDEATHSIG, end_command);
    if (::getppid() != way.caller) {
        end_command_and_self(command);
    }
    way.report.command = command;
    ::syscall(SYS_close_range, 0U, ~0U, 0U);
    ::sigset_t awaited;
    ::sigemptyset(&awaited);
    ::sigaddset(&awaited, SIGCHLD);
    ::sigaddset(&awaited, end_command);
    int status = 0;
    while (::waitpid(command, &status, WNOHANG) == 0) {
        if (::sigwaitinfo(&awaited, nullptr) == end_command) {
            end_command_and_self(command);
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

void keep_command(const WayIn& way) {
    try {
        std::_Exit(wait_for_command(way, start_command(way)));
    } catch (const std::exception&) {
        end_with_report(way);
    }
}

} // namespace netlab
