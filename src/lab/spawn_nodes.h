#pragma once

#include "lab/lab.h"
#include "lab/spawner_program.h"
#include "lab/supervisor.h"
#include "node/brood.h"
#include "node/node_spec.h"
#include "node/spawn.h"
#include "sys/process.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>

namespace netlab {

/// The nodes of a lab as they are cloned, on every processor that this process may use.
class Spawning {
public:
    /// Clones the nodes that need the supervisor's files and mounts, and lets others begin with the
    /// rest. `done` hears how many there are. Throws LabError.
    Spawning(Lab& lab, SupervisorStart& start, std::vector<NodeSpec>& specs, const Nursery& nursery,
             const std::function<void(std::size_t)>& done);

    /// Notes in the lab which process a node is that has reported: it may still be unknown there.
    void note(NodeId node);
    /// Whether nodes are still being cloned. Once none is, all are noted in the lab. Does not wait.
    /// Throws LabError if one could not be, and std::runtime_error.
    bool goes_on();
    std::size_t cloned() const;
    /// What becomes readable when this is nearer to its end.
    std::vector<pollfd> polls() const;

private:
    void clone_here(SupervisorStart& start, std::vector<NodeSpec>& specs,
                    const std::function<void(std::size_t)>& done);
    void start_spawner();
    [[noreturn]] void be_spawner() noexcept;
    void take_ended();
    void require_well() const;

    Lab& lab_;
    const Nursery& nursery_;
    SpawnerProgram program_;
    std::vector<std::size_t> plain_;  ///< by place in the brood
    std::vector<std::size_t> places_; ///< by NodeId
    std::optional<Brood> brood_;
    std::vector<Clone> spawners_;
    std::string odd_end_; ///< of a spawner that did not end well
};

} // namespace netlab
