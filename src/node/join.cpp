#include "node/join.h"

#include "node/join_inside.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

/// The command's pid is known a few hundred microseconds after the fork; longer than this nobody
/// waits for it.
constexpr int most_waits_for_pid = 500;
constexpr ::timespec wait_for_pid{0, 1'000'000};

/// For it to end its command and itself.
constexpr int keeper_patience_ms = 1000;

long join_session_keyring(const char* name) {
    return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
}

JoinReport* new_report() {
    void* page = ::mmap(nullptr, sizeof(JoinReport), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        throw_errno(errno, "map a page to share with the command");
    }
    return new (page) JoinReport;
}

/// The descriptor that the other side sends, none if it ends without.
UniqueFd receive_descriptor(int socket) {
    char byte = 0;
    ::iovec bytes{&byte, 1};
    alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    ::msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto got = uninterrupted([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
    check(got, "receive the node's terminal");
    const auto* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
        return UniqueFd{};
    }
    int fd = -1;
    std::copy_n(CMSG_DATA(header), sizeof fd, reinterpret_cast<unsigned char*>(&fd));
    return UniqueFd{fd};
}

} // namespace

void leave_session_keyring() {
    static pid_t left_by = 0; // a child of a process that left is in that one's keyring
    if (left_by == ::getpid()) {
        return;
    }
    auto joined = join_session_keyring(nullptr);
    if (joined < 0 && errno == EDQUOT) {
        // A user may hold 200 keys, so that is how many such processes there can be at once. More
        // can only go into a keyring that is there already: the one of this name, if a process is
        // in it.
        joined = join_session_keyring("netlab");
    }
    // A kernel or a container without keyrings has none to leave.
    if (joined < 0 && errno != ENOSYS && errno != EPERM && errno != EOPNOTSUPP) {
        throw_errno(
            errno,
            "join a session keyring of its own (all keys that the sysctl kernel.keys.maxkeys "
            "allows are in use, by as many commands at once; see /proc/key-users)");
    }
    left_by = ::getpid();
}

void JoinedCommand::Unmap::operator()(JoinReport* report) const {
    ::munmap(report, sizeof(JoinReport));
}

JoinedCommand::JoinedCommand(JoinedCommand&&) noexcept = default;

JoinedCommand& JoinedCommand::operator=(JoinedCommand&& other) noexcept {
    kill_and_reap();
    report_ = std::move(other.report_);
    keeper_ = std::move(other.keeper_);
    terminal_ = std::move(other.terminal_);
    return *this;
}

JoinedCommand::~JoinedCommand() {
    kill_and_reap();
}

void JoinedCommand::kill_and_reap() {
    if (keeper_) {
        const int signal = report_->command != 0 ? end_command : SIGKILL;
        ::syscall(SYS_pidfd_send_signal, keeper_.get(), signal, nullptr, 0);
        if (::pollfd ended{keeper_.get(), POLLIN, 0}; ::poll(&ended, 1, keeper_patience_ms) == 0) {
            ::syscall(SYS_pidfd_send_signal, keeper_.get(), SIGKILL, nullptr, 0); // it is stopped
        }
        ::siginfo_t end{};
        uninterrupted(
            [&] { return ::waitid(P_PIDFD, static_cast<id_t>(keeper_.get()), &end, WEXITED); });
        keeper_.reset();
    }
}

bool JoinedCommand::is_entering() const {
    return report_->command == 0 && report_->exit_code == 0;
}

void JoinedCommand::send_signal(int signal) const {
    send(signal);
    if (signal == SIGTERM || signal == SIGHUP) {
        send(SIGCONT); // a command that is stopped would not end before it goes on
    }
}

void JoinedCommand::send(int signal) const {
    for (int i = 0; is_entering() && i < most_waits_for_pid; ++i) {
        ::nanosleep(&wait_for_pid, nullptr);
    }
    const pid_t command = report_->command;
    // Before its setsid it is not yet a group of its own. That it has ended is no mistake of the
    // caller's.
    if (command > 0 && ::kill(-command, signal) != 0) {
        ::kill(command, signal);
    }
}

int JoinedCommand::wait() {
    ::siginfo_t end{};
    while (::waitid(P_PIDFD, static_cast<id_t>(keeper_.get()), &end, WEXITED) < 0) {
        if (errno != EINTR) {
            throw_errno(errno, "wait for the command");
        }
    }
    keeper_.reset();
    if (const int exit_code = report_->exit_code; exit_code != 0) {
        throw CommandNotStarted{exit_code, report_->text.data()};
    }
    return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
}

JoinedCommand start_in_node(const JoinRequest& request, const CommandStdio& stdio,
                            const TerminalShape* terminal) {
    leave_session_keyring();
    JoinedCommand command;
    command.report_.reset(new_report());
    UniqueFd here;
    UniqueFd there;
    if (terminal != nullptr) {
        std::array<int, 2> ends{};
        check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()),
              "make a socket for the node's terminal");
        here.reset(ends[0]);
        there.reset(ends[1]);
    }
    const WayIn way{request, stdio, terminal, there.get(), ::getpid(), *command.report_};
    const pid_t keeper = check(::fork(), "start a process for {}", request.node_name);
    if (keeper == 0) {
        here.reset();
        keep_command(way);
    }
    command.keeper_.reset(static_cast<int>(::syscall(SYS_pidfd_open, keeper, 0)));
    if (!command.keeper_) {
        const int error = errno;
        ::kill(keeper, SIGKILL);
        ::waitpid(keeper, nullptr, 0);
        throw_errno(error, "watch the command in " + request.node_name);
    }
    if (terminal != nullptr) {
        there.reset();
        command.terminal_ = receive_descriptor(here.get());
        if (!command.terminal_) {
            command.wait();
            throw CommandNotStarted{1, request.node_name + ": it ended before it had a terminal"};
        }
    }
    return command;
}

} // namespace netlab
