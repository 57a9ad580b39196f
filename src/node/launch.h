#pragma once

#include "node/join_user.h"

#include <map>
#include <string>
#include <vector>

namespace netlab {

/// A command that a node's PID 1 starts, and what it is started with.
struct NodeCommand {
    std::vector<std::string> argv;
    std::map<std::string, std::string> env; ///< on top of the defaults for its user
    std::string user;                       ///< empty: root
    std::string workdir;                    ///< empty: /
};

/// Becomes the command, in a child of PID 1: with stdin from /dev/null, these two descriptors as
/// stdout and stderr and no others, in a session of its own. Where that fails it says why on `err`
/// and ends with 127.
[[noreturn]] void become_command(const NodeCommand& command, int out, int err) noexcept;

/// How a process ended, by its wait status: `ended with exit code 3`, `was killed by signal 9
/// (SIGKILL)`.
std::string describe_status(int status);

} // namespace netlab
