#pragma once

#include "clock/page.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <string>

#include <sys/types.h>

namespace netlab {

/// Gives a node a wall clock of its own: programs that start from now on have it by the library in
/// its /etc/ld.so.preload, and those that have it already go by `setting` from now on. The caller
/// is root of the node, in its mount namespace, its layers mounted. Throws std::system_error.
void set_wall_clock(const ClockSetting& setting);

/// The same from outside, by a child of the caller in the node; several can be under way. The
/// caller has one thread and power over the node.
class WallClockChange {
public:
    /// `init` is the node's PID 1. Throws std::system_error.
    WallClockChange(pid_t init, const ClockSetting& setting);
    ~WallClockChange();
    WallClockChange(WallClockChange&& other) noexcept;
    WallClockChange& operator=(WallClockChange&&) = delete;

    /// Waits until it is done: a few milliseconds, and no more than three seconds from its
    /// beginning if the node is up to something. Returns why it could not be, or nothing.
    std::string wait();

private:
    UniqueFd outcome_;
    pid_t child_ = -1;
    std::chrono::steady_clock::time_point deadline_;
};

} // namespace netlab
