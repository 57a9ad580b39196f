#pragma once

#include "node/join.h"

#include <csignal>
#include <initializer_list>

#include <termios.h>

namespace netlab {

/// Runs a command in a node with this process's stdin, stdout and stderr, and waits: through a
/// terminal of the node's own if stdin and stdout are terminals, else passed straight through, with
/// SIGINT, SIGTERM, SIGHUP and SIGQUIT forwarded. Returns its exit status as a shell reports it.
/// Throws CommandNotStarted, std::system_error.
int run_in_node(const JoinRequest& request);

/// The caller's terminal passes every byte as it is while this lives.
class RawMode {
public:
    /// Throws std::system_error.
    explicit RawMode(int fd);
    ~RawMode();
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;

    /// Makes it raw again, after someone else (a shell, while this was stopped) had it. False if it
    /// has gone.
    bool renew() const;

private:
    int fd_;
    ::termios before_{};
};

/// These signals are blocked and read from fd() while this lives.
class SignalInbox {
public:
    /// Throws std::system_error.
    explicit SignalInbox(std::initializer_list<int> signals);
    ~SignalInbox();
    SignalInbox(const SignalInbox&) = delete;
    SignalInbox& operator=(const SignalInbox&) = delete;

    int fd() const { return fd_.get(); }
    /// The number of the next signal that came, 0 if none.
    int next() const;

private:
    ::sigset_t before_{};
    UniqueFd fd_;
};

} // namespace netlab
