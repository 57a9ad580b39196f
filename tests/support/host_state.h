#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab::test {

/// What a leaking lab would change on the host: its interfaces, its mounts, names in /run/netns.
struct HostState {
    std::string interfaces;
    std::string mounts;
    std::string netns_names;

    bool operator==(const HostState&) const = default;
    static HostState now();
};

/// A process as it cannot be confused with a later one of the same number.
struct ProcessId {
    pid_t pid = -1;
    std::string started; ///< in clock ticks after boot (proc_pid_stat(5), field 22)

    bool exists() const;
};

/// The supervisor of `lab` and all that descends from it, the supervisor first. Empty if it does
/// not run.
std::vector<ProcessId> processes_of(const std::string& lab);

/// Those of them that are called `title`: `netlab: h1` is the PID 1 of node h1 once it has its ids.
std::vector<ProcessId> processes_of(const std::string& lab, const std::string& title);

/// Every process whose command line contains `text`.
std::vector<ProcessId> processes_called(const std::string& text);

} // namespace netlab::test
