#pragma once

#include "base/node_clock.h"
#include "clock/page.h"
#include "image/node_root.h"
#include "node/service_spec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What a node is made from; nothing in it knows of topologies.
struct NodeSpec {
    std::string name; ///< also its host name
    NodeRoot root;
    std::vector<std::pair<std::string, std::string>>
        defaults; ///< sysctls of netlab's own choice, before any link
    std::vector<std::pair<std::string, std::string>> sysctls; ///< the user's
    std::vector<std::vector<std::string>> commands; ///< set-up commands, run in order once wired
    std::map<std::string, std::string> env;
    std::string user;
    std::string workdir;
    std::vector<ServiceSpec> services;
    NodeClock clock{};                      ///< of it, what takes a time namespace
    std::optional<ClockSetting> wall_clock; ///< its own, if it has one from the start
    std::uint64_t open_files = 0; ///< the limit that its processes get back; 0: it was not raised
    int board = -1;               ///< of the services, if there are any: a ServiceBoard
    int line = -1; ///< of the services, if there are any: the node's end of a ServiceLine
    bool own_reports = false; ///< the pipe for reports is no other node's
    int cgroup = -1; ///< cgroup.procs of the cgroup that it lives in, open for writing; -1: none
};

} // namespace netlab
