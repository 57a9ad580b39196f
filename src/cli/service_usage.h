#pragma once

#include "cli/lab_processes.h"
#include "control/request.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What processes use together.
struct Usage {
    std::size_t processes = 0;
    double cpu_seconds = 0;
    std::uint64_t memory = 0; ///< resident, in bytes; what several share counts for each

    void add(const LabProcess& process);
};

/// By node and service.
using ServiceUsages = std::map<std::pair<std::string, std::string>, Usage>;

/// What each service uses: its process, all that descend from it, and the rest of its session.
ServiceUsages service_usages(const std::vector<NodeAnswer>& nodes,
                             const std::vector<LabProcess>& processes);

/// What each node uses, by its name: all of its processes; the memory without that of its PID 1,
/// which shares most of it with the supervisor.
std::map<std::string, Usage> node_usages(const std::vector<NodeAnswer>& nodes,
                                         const std::vector<LabProcess>& processes);

} // namespace netlab
