#include "lab/spawn_nodes.h"

#include "image/bind_stage.h"
#include "lab/service_specs.h"
#include "sys/check.h"
#include "sys/forkable_heap.h"
#include "sys/process.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <string_view>
#include <thread>

#include <sched.h>
#include <sys/mman.h>
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

/// What needs files of the supervisor's, or mounts that no other node may see, is started by
/// itself and first.
bool is_plain(const NodeSpec& spec) {
    return spec.root.tree < 0 && spec.root.binds.empty() && spec.services.empty() &&
           spec.cgroup < 0;
}

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

/// What the spawners share: who takes which node, and what has become of it.
struct Shared {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> done{0};
    std::atomic<std::size_t> failed{0}; ///< the number of the node that could not be, and 1
    std::array<char, 1024> why{};
};

/// Nodes that several processes clone at the same time. The nodes are children of the supervisor,
/// whoever clones them (CLONE_PARENT of clone(2)).
class Spawners {
public:
    Spawners(const std::vector<NodeSpec>& specs, const Nursery& nursery)
        : specs_(specs), nursery_(nursery), bytes_(sizeof(Shared) + specs.size() * sizeof(pid_t)) {
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (is_plain(specs[i])) {
                plain_.push_back(i);
            }
        }
        void* memory =
            ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            throw_errno(errno, "map memory for those that start nodes");
        }
        shared_ = new (memory) Shared;
        pids_ = reinterpret_cast<pid_t*>(shared_ + 1);
    }
    ~Spawners() { ::munmap(shared_, bytes_); }
    Spawners(const Spawners&) = delete;
    Spawners& operator=(const Spawners&) = delete;

    const std::vector<std::size_t>& plain() const { return plain_; }
    pid_t pid_of(std::size_t node) const { return pids_[node]; }

    /// Returns when all are cloned.
    void run(const Plan& plan, const std::function<void(std::size_t)>& done) {
        std::vector<pid_t> others;
        for (std::size_t i = 1; i < count(); ++i) {
            const pid_t other = ::fork();
            if (other == 0) {
                take_nodes(Parent::supervisor, [](std::size_t) {});
                ::_exit(0);
            }
            if (other > 0) { // if the nodes are all that there may be, this process does it alone
                others.push_back(other);
            }
        }
        take_nodes(Parent::self, done);
        const auto whole = std::ranges::count_if(others, [](pid_t other) { // waits for all
            int status = 0;
            return uninterrupted([&] { return ::waitpid(other, &status, 0); }) == other &&
                   status == 0;
        });
        const bool complete = static_cast<std::size_t>(whole) == others.size();
        report(plan, complete);
    }

private:
    std::size_t count() const {
        cpu_set_t usable;
        CPU_ZERO(&usable);
        const bool known = ::sched_getaffinity(0, sizeof usable, &usable) == 0;
        const std::size_t processors = known ? static_cast<std::size_t>(CPU_COUNT(&usable)) : 1;
        return std::clamp<std::size_t>(std::min(processors, plain_.size() / least_nodes_of_spawner),
                                       1, most_spawners);
    }

    void take_nodes(Parent parent, const std::function<void(std::size_t)>& done) {
        for (;;) {
            const auto at = shared_->next.fetch_add(1);
            if (at >= plain_.size() || shared_->failed != 0) {
                return;
            }
            try {
                pids_[plain_[at]] = spawn_node(specs_[plain_[at]], plain_[at], nursery_, parent);
                done(shared_->done.fetch_add(1) + 1);
            } catch (const std::exception& error) {
                note_failure(plain_[at], error.what());
            }
        }
    }

    /// Of the first one only.
    void note_failure(std::size_t node, std::string_view why) {
        std::size_t none = 0;
        if (shared_->failed.compare_exchange_strong(none, node + 1)) {
            const auto size = std::min(why.size(), shared_->why.size() - 1);
            std::copy_n(why.begin(), size, shared_->why.begin());
        }
    }

    void report(const Plan& plan, bool complete) const {
        if (const auto failed = shared_->failed.load(); failed != 0) {
            throw LabError{shared_->why.data(), plan.nodes[failed - 1].span,
                           "while starting this node"};
        }
        if (!complete) {
            throw std::runtime_error{"a process that started nodes was killed"};
        }
    }

    const std::vector<NodeSpec>& specs_;
    const Nursery& nursery_;
    std::size_t bytes_;
    std::vector<std::size_t> plain_;
    Shared* shared_ = nullptr;
    pid_t* pids_ = nullptr;
};

} // namespace

void spawn_nodes(Lab& lab, SupervisorStart& start, std::vector<NodeSpec>& specs,
                 const Nursery& nursery, const std::function<void(std::size_t)>& done) {
    const auto log_bytes = log_bytes_of(start.plan);
    lab.nodes.resize(specs.size());
    if (specs.size() >= many_nodes) {
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
    Spawners spawners{specs, nursery};
    spawners.run(start.plan, [&](std::size_t plain) { done(count + plain); });
    for (const auto i : spawners.plain()) {
        lab.nodes[i].pid = spawners.pid_of(i);
        lab.nodes[i].running = true;
    }
}

} // namespace netlab
