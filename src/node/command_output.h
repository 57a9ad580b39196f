#pragma once

#include "sys/unique_fd.h"

#include <cstddef>
#include <string>
#include <vector>

#include <poll.h>

namespace netlab {

/// The end of what a command prints. It is read while the command runs, so that the command never
/// waits, and the rest is thrown away, so that no flood fills the machine's memory.
class CommandOutput {
public:
    /// `kept` bytes of it are kept.
    explicit CommandOutput(std::size_t kept) : kept_{kept} {}

    /// Makes a new pipe and forgets what was printed; the end that is the command's. Throws
    /// std::system_error.
    UniqueFd open();
    /// Takes what is there, without waiting.
    void read();
    /// The reading end; -1 when nobody has the other end any more.
    int fd() const { return pipe_.get(); }
    /// Gives the reading end away.
    UniqueFd release() { return std::move(pipe_); }
    void close() { pipe_.reset(); }
    /// Without newlines at its end.
    std::string text() const;

private:
    std::size_t kept_;
    UniqueFd pipe_;
    std::string tail_;
};

/// Pipes whose writers have outlived the set-up command that they were for: daemons, as a rule. To
/// them they are what /dev/null would be; closed, they would be the end of a daemon that says
/// something, and full, it would stand still.
class LeftOutput {
public:
    /// Nothing is done if `pipe` is none.
    void add(UniqueFd pipe);
    bool empty() const { return pipes_.empty(); }
    void add_polls(std::vector<pollfd>& polls) const;
    /// Throws away what is there, without waiting.
    void discard();

private:
    std::vector<UniqueFd> pipes_;
};

} // namespace netlab
