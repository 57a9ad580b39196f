#include "lab/spawn_nodes.h"

#include "image/bind_stage.h"
#include "lab/service_specs.h"
#include "lab/spawner_program.h"
#include "node/brood.h"
#include "node/launch.h"
#include "node/plain_spec.h"
#include "sys/check.h"
#include "sys/forkable_heap.h"
#include "sys/process.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
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
constexpr std::ptrdiff_t many_nodes = 100;
constexpr std::size_t much_memory = 256U << 10U; ///< bytes
/// How often is asked how far they are.
constexpr std::chrono::milliseconds progress_period{50};

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

std::vector<std::size_t> plain_ones(const std::vector<NodeSpec>& specs) {
    std::vector<std::size_t> plain;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (is_plain(specs[i])) {
            plain.push_back(i);
        }
    }
    return plain;
}

std::size_t spawners_for(std::size_t nodes) {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    const bool known = ::sched_getaffinity(0, sizeof usable, &usable) == 0;
    const std::size_t processors = known ? static_cast<std::size_t>(CPU_COUNT(&usable)) : 1;
    return std::clamp<std::size_t>(std::min(processors, nodes / least_nodes_of_spawner), 1,
                                   most_spawners);
}

/// Processes that clone plain nodes at the same time. The nodes are children of the supervisor,
/// whoever clones them (CLONE_PARENT of clone(2)).
class Spawners {
public:
    Spawners(Brood& brood, const Nursery& nursery, const SpawnerProgram& program)
        : brood_(brood), nursery_(nursery), program_(program) {}

    /// Returns when all nodes are cloned, or one could not be.
    void run(std::size_t count, const std::function<void(std::size_t)>& done) {
        for (std::size_t i = 0; i < count; ++i) {
            start();
        }
        if (spawners_.empty()) { // if the nodes are all that there may be, this process does it
            brood_.raise(nursery_.gate, nursery_.reports, Parent::self, done);
        }
        std::string end;
        for (const auto& spawner : spawners_) { // waits for all
            while (!wait_for_end(spawner.pidfd, progress_period)) {
                done(brood_.cloned());
            }
            int status = -1;
            uninterrupted([&] { return ::waitpid(spawner.pid, &status, 0); });
            end = status == 0 ? end : describe_status(status);
        }
        if (!end.empty() && !brood_.failure()) {
            throw std::runtime_error{"a process that starts nodes " + end};
        }
        done(brood_.cloned());
    }

private:
    void start() {
        auto spawner = clone_process(0, true);
        if (spawner.pid == 0) {
            if (program_) {
                program_.become(brood_, nursery_.gate, nursery_.reports);
            }
            brood_.raise(nursery_.gate, nursery_.reports, Parent::supervisor, [](std::size_t) {});
            ::_exit(0);
        }
        if (spawner.pid > 0) {
            spawners_.push_back(std::move(spawner));
        }
    }

    Brood& brood_;
    const Nursery& nursery_;
    const SpawnerProgram& program_;
    std::vector<Clone> spawners_;
};

void start_plain(Lab& lab, const Plan& plan, const std::vector<NodeSpec>& specs,
                 const Nursery& nursery, const SpawnerProgram& program,
                 const std::function<void(std::size_t)>& done) {
    const auto plain = plain_ones(specs);
    if (plain.empty()) {
        return;
    }
    Brood brood{specs, plain, nursery.uid_map, nursery.gid_map};
    Spawners{brood, nursery, program}.run(spawners_for(plain.size()), done);
    if (const auto failure = brood.failure()) {
        throw LabError{failure->why, plan.nodes[failure->node].span, "while starting this node"};
    }
    for (std::size_t place = 0; place < plain.size(); ++place) {
        auto& node = lab.nodes[plain[place]];
        node.pid = brood.pid(place);
        node.running = true;
    }
}

} // namespace

void spawn_nodes(Lab& lab, SupervisorStart& start, std::vector<NodeSpec>& specs,
                 const Nursery& nursery, const std::function<void(std::size_t)>& done) {
    const auto log_bytes = log_bytes_of(start.plan);
    lab.nodes.resize(specs.size());
    const SpawnerProgram program;
    const auto cloned_here =
        program ? std::ranges::count_if(specs, std::not_fn(is_plain)) : std::ssize(specs);
    if (cloned_here >= many_nodes) {
        move_heap_to_file(much_memory);
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (is_plain(specs[i])) {
            continue;
        }
        try {
            lab.nodes[i] = start_node(specs[i], i, nursery, log_bytes);
        } catch (const std::system_error& error) {
            throw LabError{error.what(), start.plan.nodes[i].span, "while starting this node"};
        }
        if (!start.cgroups.empty()) {
            lab.nodes[i].cgroup = std::move(start.cgroups[i].directory);
            lab.nodes[i].cgroup_procs = std::move(start.cgroups[i].procs);
        }
        done(++count);
    }
    start_plain(lab, start.plan, specs, nursery, program,
                [&](std::size_t plain) { done(count + plain); });
}

} // namespace netlab
