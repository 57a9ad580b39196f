#pragma once

#include "node/join.h"
#include "node/join_user.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// What the processes on the way into the node tell the caller: a page shared by all of them, gone
/// with the exec.
struct JoinReport {
    std::atomic<pid_t> command{0}; ///< its pid as the caller sees it, once it exists
    std::atomic<int> exit_code{0}; ///< not 0: it did not start
    std::array<char, 2048> text{}; ///< why; ends with NUL
};

/// The signal at which the keeper of a running command ends it: the kernel sends it when the caller
/// dies.
inline constexpr int end_command = SIGUSR1;

/// Everything the way in needs, gathered before the fork.
struct WayIn {
    const JoinRequest& request;
    CommandStdio stdio;
    const TerminalShape* terminal = nullptr;
    int terminal_socket = -1; ///< the master side of the terminal is sent here
    pid_t caller = 0;
    JoinReport& report;
};

/// The life of the process between the caller and the command, to be called in a child of a process
/// with one thread: goes into the node, starts the command, waits for it and ends with its exit
/// code.
[[noreturn]] void keep_command(const WayIn& way);

/// Opens a terminal of the node's own devpts, so that its name exists there, as 0, 1 and 2, and
/// sends its master side to `socket`. It belongs to the user who opens it. Throws
/// std::system_error.
void open_terminal(const WayIn& way, int socket);

/// The whole environment of a command, `NAME=value`: a default for its user, what is passed on from
/// the caller (LANG, LC_*; with a terminal TERM and COLORTERM), and the node's own on top.
std::vector<std::string> command_environment(const JoinRequest& request, const NodeUser& user,
                                             const char* const* caller, bool terminal);

/// The paths at which a command is looked for: argv[0] itself if it has a slash, else in each
/// directory of PATH.
std::vector<std::string> command_candidates(const std::string& command,
                                            const std::vector<std::string>& environment);

} // namespace netlab
