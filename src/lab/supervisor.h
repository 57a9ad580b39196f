#pragma once

#include "base/source.h"
#include "lab/bind_trees.h"
#include "lab/lab.h"
#include "lab/lab_cgroups.h"
#include "plan/plan.h"
#include "sys/id_choice.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <functional>
#include <string>

namespace netlab {

/// What the running supervisor does with its lab: answers on `listener` until it is ended. Given by
/// the floor above.
using Serve = std::function<void(Lab& lab, const UniqueFd& listener)>;

/// What a supervisor is born with.
struct SupervisorStart {
    const Plan& plan;
    const Source& source; ///< for the lines that errors name
    IdMaps maps;
    BindTrees trees; ///< empty: to be opened by the supervisor itself
    UniqueFd channel;
    UniqueFd listener;
    UniqueFd log;
    UniqueFd owners; ///< a file of to_text(Owners), complete once the command says so
    bool knows_owners = false;
    std::vector<NodeCgroup> cgroups;      ///< by NodeId, or empty
    std::chrono::seconds set_up_patience; ///< for the set-up commands of all nodes together
    int log_level = 0;                    ///< 0: info, 1: debug, 2: trace
    std::string state_root;               ///< where labs have their state folders
    std::string resolv_conf;              ///< text of the nodes' /etc/resolv.conf
    Serve serve;
    std::vector<UniqueFd> ports; ///< see open_published_ports
    bool tethered = false;       ///< ends with the process that started it
};

/// What went wrong, and the line of the file that asked for it.
std::string with_place(const LabError& error, const Source& source);

/// The life of PID 1 of a lab's outer namespaces: starts the lab phase by phase, tells how it went,
/// serves it. With this process the kernel ends every node.
[[noreturn]] void run_supervisor(SupervisorStart start) noexcept;

} // namespace netlab
