#pragma once

#include "sys/unique_fd.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

namespace netlab {

/// A command to be run in a running node.
struct JoinRequest {
    int pidfd = -1;                ///< of the node's PID 1
    std::vector<std::string> argv; ///< argv[0] without a slash is looked for in the node's PATH
    std::map<std::string, std::string>
        env;          ///< the node's own, on top of PATH, HOME, USER, LOGNAME, SHELL, …
    std::string user; ///< `name`, `id`, `name:group`, as the node's /etc/passwd has it; empty: root
    std::string workdir; ///< empty: the caller's directory where the node sees the same one, else /
    std::string node_name; ///< for the error texts
    std::string cgroup{};  ///< directory of the node's cgroup on the host; empty if it has none
    bool has_time_namespace = false; ///< of its own: see enter_time_namespace
};

/// The command did not start. The text begins with the node's name.
class CommandNotStarted : public std::runtime_error {
public:
    CommandNotStarted(int exit_code, const std::string& text)
        : std::runtime_error{text}, exit_code_{exit_code} {}

    /// As a shell reports it: 127 not found, 126 found but not to be run (or no such user, no such
    /// directory), 1 when the kernel refused the way into the node.
    int exit_code() const { return exit_code_; }

private:
    int exit_code_;
};

/// The descriptors of this process that become the command's 0, 1 and 2.
struct CommandStdio {
    int in = 0;
    int out = 1;
    int err = 2;
};

/// What the node's new terminal takes over from the caller's.
struct TerminalShape {
    ::winsize size{};
    ::termios modes{};
    bool copy_modes = false;  ///< false: the kernel's defaults
    bool takes_stderr = true; ///< false: the command's stderr is CommandStdio::err
};

struct JoinReport;

/// A command that was sent into a node. It is killed when this goes and when this process dies,
/// however it dies, and with it whatever is in its process group. What has left that group stays: a
/// daemon, a job of an interactive shell.
class JoinedCommand {
public:
    JoinedCommand(JoinedCommand&&) noexcept;
    JoinedCommand& operator=(JoinedCommand&&) noexcept;
    ~JoinedCommand();

    /// Whether it is still on its way into the node, as far as is known.
    bool is_entering() const;
    /// Becomes readable when the command has ended.
    int ended_fd() const { return keeper_.get(); }
    /// The master side of the node's terminal; -1 without one.
    int terminal_fd() const { return terminal_.get(); }
    /// Closes the master side: the command's session gets SIGHUP.
    void hang_up() { terminal_.reset(); }
    /// Sends a signal to the command's process group. With SIGTERM and SIGHUP it goes on if it is
    /// stopped.
    void send_signal(int signal) const;
    /// Waits for the end; the exit status as a shell reports it (128+n for signal n). Throws
    /// CommandNotStarted.
    int wait();

private:
    friend JoinedCommand start_in_node(const JoinRequest&, const CommandStdio&,
                                       const TerminalShape*);
    struct Unmap {
        void operator()(JoinReport* report) const;
    };
    JoinedCommand() = default;
    void send(int signal) const;
    void kill_and_reap();

    std::unique_ptr<JoinReport, Unmap> report_;
    UniqueFd keeper_; ///< pidfd of the process between us and the command
    UniqueFd terminal_;
};

/// Sends a command into a node: into all its namespaces, as its user, with a clean environment, no
/// descriptors but 0, 1 and 2, and a session of its own. With `terminal` it gets a terminal of the
/// node's own /dev/pts. Does not wait for the exec: that it failed is told by wait(). Throws
/// std::system_error, CommandNotStarted.
JoinedCommand start_in_node(const JoinRequest& request, const CommandStdio& stdio,
                            const TerminalShape* terminal = nullptr);

/// Gives this process a session keyring of its own, so that what it starts in nodes cannot read the
/// caller's keys. start_in_node does it; later calls do nothing. Throws std::system_error.
void leave_session_keyring();

} // namespace netlab
