#include "lab/spawn_nodes.h"

#include "image/bind_stage.h"
#include "lab/service_specs.h"
#include "node/launch.h"
#include "node/plain_spec.h"
#include "sys/check.h"
#include "sys/forkable_heap.h"
#include "sys/process.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

/// To fork another spawner pays from about here on.
constexpr std::size_t least_nodes_of_spawner = 32;
/// More of them only wait for the locks of the kernel's network namespaces.
constexpr std::size_t most_spawners = 4;
/// From about here on it pays to make the supervisor cheap to fork.
constexpr std::size_t many_nodes = 100;
constexpr std::size_t much_memory = 256U << 10U; ///< bytes

RunningNode start_node(NodeSpec& spec, std::size_t number, const Nursery& nursery,
                       std::size_t log_bytes) {
    const BindStage stage{spec.root.binds};
    RunningNode node;
    const auto line = join_services(spec, node, log_bytes);
    node.pid = spawn_node(spec, number, nursery);
    node.running = true;
    for (const auto& bind : spec.root.binds) {
        ::close(bind.tree); // the node has its own copy; later nodes need not
    }
    if (spec.root.tree >= 0) {
        ::close(spec.root.tree);
    }
    return node;
}

std::size_t spawners_for(std::size_t nodes) {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    const bool known = ::sched_getaffinity(0, sizeof usable, &usable) == 0;
    const std::size_t processors = known ? static_cast<std::size_t>(CPU_COUNT(&usable)) : 1;
    return std::clamp<std::size_t>(std::min(processors, nodes / least_nodes_of_spawner), 1,
                                   most_spawners);
}

} // namespace

Spawning::Spawning(Lab& lab, SupervisorStart& start, std::vector<NodeSpec>& specs,
                   const Nursery& nursery, const std::function<void(std::size_t)>& done)
    : lab_(lab), nursery_(nursery), places_(specs.size()) {
    lab.nodes.resize(specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (is_plain(specs[i])) {
            places_[i] = plain_.size();
            plain_.push_back(i);
        }
    }
    clone_here(start, specs, done);
    if (plain_.empty()) {
        return;
    }
    brood_.emplace(specs, plain_, nursery.uid_map, nursery.gid_map);
    for (std::size_t i = 0; i < spawners_for(plain_.size()); ++i) {
        start_spawner();
    }
    if (spawners_.empty()) { // if the nodes are all that there may be, this process does it
        brood_->raise(nursery.gate, nursery.reports, Parent::self);
    }
}

void Spawning::clone_here(SupervisorStart& start, std::vector<NodeSpec>& specs,
                          const std::function<void(std::size_t)>& done) {
    const auto log_bytes = log_bytes_of(start.plan);
    const auto here = program_ ? specs.size() - plain_.size() : specs.size();
    if (here >= many_nodes) {
        move_heap_to_file(much_memory);
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (is_plain(specs[i])) {
            continue;
        }
        try {
            lab_.nodes[i] = start_node(specs[i], i, nursery_, log_bytes);
        } catch (const std::system_error& error) {
            throw LabError{error.what(), start.plan.nodes[i].span, "while starting this node"};
        }
        if (!start.cgroups.empty()) {
            lab_.nodes[i].cgroup = std::move(start.cgroups[i].directory);
            lab_.nodes[i].cgroup_procs = std::move(start.cgroups[i].procs);
        }
        done(++count);
    }
}

void Spawning::start_spawner() {
    auto spawner = clone_process(0, true);
    if (spawner.pid == 0) {
        be_spawner();
    }
    if (spawner.pid > 0) {
        spawners_.push_back(std::move(spawner));
    }
}

/// The nodes are children of the supervisor, whoever clones them (CLONE_PARENT of clone(2)).
void Spawning::be_spawner() noexcept {
    try {
        if (program_) {
            program_.become(*brood_, nursery_.gate, nursery_.reports);
        }
        brood_->raise(nursery_.gate, nursery_.reports, Parent::supervisor);
        ::_exit(0);
    } catch (const std::exception& error) {
        brood_->fail(error.what());
    }
    ::_exit(1);
}

void Spawning::note(NodeId node) {
    auto& running = lab_.nodes[index(node)];
    if (brood_ && running.pid < 0) {
        running.pid = brood_->pid(places_[index(node)]);
        running.running = true;
    }
}

bool Spawning::goes_on() {
    take_ended();
    require_well();
    if (!spawners_.empty()) {
        return true;
    }
    if (brood_) {
        brood_->raise_rest(nursery_.gate, nursery_.reports);
        require_well();
        std::ranges::for_each(plain_, [this](std::size_t node) { note(node_id(node)); });
        brood_.reset(); // what is forked from now on would have it, too
    }
    return false;
}

void Spawning::require_well() const {
    if (const auto failure = brood_ ? brood_->failure() : std::nullopt) {
        if (!failure->node) {
            throw std::runtime_error{"cannot start nodes: " + failure->why};
        }
        throw LabError{failure->why, lab_.plan.nodes[*failure->node].span,
                       "while starting this node"};
    }
    if (!odd_end_.empty()) {
        throw std::runtime_error{"a process that starts nodes " + odd_end_};
    }
}

void Spawning::take_ended() {
    std::erase_if(spawners_, [this](const Clone& spawner) {
        int status = 0;
        const auto ended = ::waitpid(spawner.pid, &status, WNOHANG);
        if (ended == 0) {
            return false;
        }
        odd_end_ = ended < 0 ? "has gone" : status == 0 ? odd_end_ : describe_status(status);
        return true;
    });
}

std::size_t Spawning::cloned() const {
    return lab_.nodes.size() - plain_.size() + (brood_ ? brood_->cloned() : plain_.size());
}

std::vector<pollfd> Spawning::polls() const {
    std::vector<pollfd> polls;
    for (const auto& spawner : spawners_) {
        polls.push_back({spawner.pidfd.get(), POLLIN, 0});
    }
    return polls;
}

} // namespace netlab
