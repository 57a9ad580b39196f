#pragma once

#include "base/impairment.h"
#include "packet/frame_calls.h"
#include "sys/unique_fd.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// The caller's number of a wire.
using WireId = std::uint32_t;

/// What happened to frames in one direction, since the wire was connected.
struct WireCounters {
    std::uint64_t frames = 0;  ///< delivered
    std::uint64_t bytes = 0;   ///< delivered
    std::uint64_t lost = 0;    ///< by `loss`
    std::uint64_t dropped = 0; ///< for want of room in the queue
    std::uint64_t waiting = 0; ///< now: in the queue or on the line

    WireCounters& operator+=(const WireCounters& other);
};

/// Both directions of a wire: what enters at its end 0, what enters at its end 1.
template <class Value>
using BothWays = std::array<Value, 2>;

/// The process that carries the frames of all user wires of a lab: one thread, one epoll, one
/// timer. It ends with its parent (PR_SET_PDEATHSIG), and with it no interface is lost as long as
/// the parent holds the TAPs too. For one thread at a time; each call waits for the process's
/// answer, for at most some seconds.
class WireProcess {
public:
    /// Forks it. `title` is what ps shows; `calls` is for tests. The caller has one thread. Throws
    /// std::system_error.
    static WireProcess start(const std::string& title, FrameCalls calls = FrameCalls::batched);
    WireProcess(WireProcess&&) noexcept = default;
    WireProcess& operator=(WireProcess&&) noexcept = default;

    pid_t pid() const { return pid_; }

    /// Joins two TAPs (see open_tap); `entering[0]` is what happens to frames that enter at `a`.
    /// The process gets descriptors of its own. Throws std::system_error.
    void connect(WireId wire, const UniqueFd& a, const UniqueFd& b,
                 const BothWays<Impairment>& entering);
    /// From one frame to the next. Those on the line keep their time; those that wait for the
    /// bottleneck go over the new one. A direction that is to be as it is goes on as if nothing had
    /// been asked. Throws std::system_error.
    void shape(WireId wire, const BothWays<Impairment>& entering);
    /// Forgets the wire and what is under way on it. Throws std::system_error.
    void disconnect(WireId wire);
    /// Throws std::system_error.
    BothWays<WireCounters> counters(WireId wire);

private:
    WireProcess(pid_t pid, UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}

    pid_t pid_ = -1;
    UniqueFd socket_;
};

} // namespace netlab
