#pragma once

#include "control/client.h"

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A process of a lab, as the lab's own /proc shows it.
struct LabProcess {
    pid_t pid = 0;    ///< as the lab numbers processes
    pid_t parent = 0; ///< 0: outside the lab, as of a command that `exec` runs
    pid_t session = 0;
    pid_t node_pid = 0;             ///< as its node numbers it
    std::uint64_t namespace_id = 0; ///< of its PID namespace: one for each node
    double cpu_seconds = 0;         ///< with that of its children that have ended
    std::uint64_t memory = 0;       ///< resident, in bytes
};

/// Lets this process see the lab's own /proc from now on. It stands in the lab's user namespace
/// already (see NodeVisits). Throws std::system_error.
void enter_lab_files(const LabClient& client);

/// Every process of the lab. After enter_lab_files. Throws std::system_error.
std::vector<LabProcess> read_lab_processes();

} // namespace netlab
