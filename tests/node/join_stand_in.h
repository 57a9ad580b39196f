#pragma once

#include "node/join.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab::test {

/// As little as a command needs to find a node: a PID 1 in seven namespaces of its own that reaps,
/// a hostname, a /proc, a devpts with its ptmx, an empty /tmp. Goes when this goes.
class StandIn {
public:
    StandIn();
    ~StandIn();
    StandIn(const StandIn&) = delete;
    StandIn& operator=(const StandIn&) = delete;

    pid_t pid() const { return pid_; }
    int pidfd() const { return pidfd_.get(); }
    /// A request to run `argv` in it, under the name h1.
    JoinRequest request(std::vector<std::string> argv) const;
    /// A request to run a shell command in it.
    JoinRequest shell(const std::string& command) const { return request({"sh", "-c", command}); }

private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
};

/// What a command printed on stdout and stderr together, and its exit code.
struct Outcome {
    int code = -1;
    std::string output;
};

/// Runs it with stdin from /dev/null, or from a pipe that holds `input`.
Outcome outcome_of(const JoinRequest& request, const std::string& input = {});

/// Reads until end-of-file, or until `stop` has been seen, or for 20 seconds.
std::string read_until(int fd, const std::string& stop = {});

/// A pipe, both ends closed on exec.
struct TestPipe {
    UniqueFd from;
    UniqueFd to;
    TestPipe();
};

/// A process that is killed and reaped when this goes.
class Child {
public:
    explicit Child(pid_t pid) : pid_{pid} {}
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }
    /// Its exit code, 128+n for a signal, -1 if it did not end within 20 seconds.
    int wait();

private:
    pid_t pid_;
};

} // namespace netlab::test
