#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

namespace netlab::test {

// The main of a kernel test program (world.cpp) forks itself into its own user, PID, mount, UTS,
// IPC and network namespaces before any test runs, as root and as an ordinary user alike. In that
// world the tests are root, have every capability over its network, see a /proc of their own, and
// whatever they make goes when they end. Where the host forbids that, the program fails and says
// which step was refused. It never skips.

/// A child process with network, UTS and IPC namespaces of its own (in the world's user namespace)
/// that sleeps until this goes. Stands in for a node.
class Neighbour {
public:
    Neighbour();
    ~Neighbour();
    Neighbour(const Neighbour&) = delete;
    Neighbour& operator=(const Neighbour&) = delete;

    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
};

/// What a shell command printed (stdout and stderr) and its exit code; for checking with someone
/// else's eyes.
struct CommandResult {
    int code = -1;
    std::string output;
};
CommandResult shell(const std::string& command);

/// Runs `command` in the network namespace of `neighbour` (by nsenter).
CommandResult shell_in(const Neighbour& neighbour, const std::string& command);

} // namespace netlab::test
