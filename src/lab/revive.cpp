#include "lab/revive.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "lab/node_specs.h"
#include "lab/recable.h"
#include "lab/service_specs.h"
#include "lab/wiring.h"
#include "node/report.h"
#include "node/spawn.h"
#include "packet/tap.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr auto mount_patience = std::chrono::seconds{60};
constexpr auto set_up_patience = std::chrono::seconds{120};

bool is_of(const CableSide& side, NodeId id) {
    return side.node == id;
}

/// Calls `each` with the number and the side of every cable of a node.
template <class Each>
void for_each_cable(const Lab& lab, NodeId id, const Each& each) {
    for (std::size_t i = 0; i < lab.cables.size(); ++i) {
        for (std::size_t side = 0; side < 2; ++side) {
            if (is_of(lab.cables[i].sides.at(side), id)) {
                each(i, side);
            }
        }
    }
}

void check_revivable(const Lab& lab, NodeId id) {
    const auto& node = lab.plan.nodes[index(id)];
    const auto refuse = [&](const std::string& why) {
        throw InputError{"node " + node.name + " cannot be started again: " + why,
                         "netlab down, netlab up"};
    };
    if (node.kind == NodeKind::internet) {
        refuse("its way out was made by the command that started the lab");
    }
    if (!node.binds.empty() || !node.root.host_path.empty()) {
        refuse("what it had of the host's files is out of the lab's sight");
    }
    for_each_cable(lab, id, [&](std::size_t cable, std::size_t /*side*/) {
        if (!lab.cables[cable].down) {
            refuse("it ended by itself, and with it its neighbours' ends of its links");
        }
    });
}

/// A node that starts, and what it says.
class Birth {
public:
    Birth(Lab& lab, NodeId id, const std::function<void()>& note_ends)
        : lab_(lab), id_(id), note_ends_(note_ends) {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for the node's reports");
        reading_.reset(ends[0]);
        writing_.reset(ends[1]);
        check(::fcntl(reading_.get(), F_SETFL, O_NONBLOCK), "set up the pipe for reports");
    }

    void spawn() {
        const auto& birthright = *lab_.birthright;
        auto& node = lab_.nodes[index(id_)];
        auto spec = make_node_spec(lab_.plan.nodes[index(id_)], {}, birthright.maps.gids,
                                   birthright.inherited);
        spec.open_files = birthright.open_files;
        spec.cgroup = node.cgroup_procs ? node.cgroup_procs.get() : -1;
        if (spec.root.is_layered()) {
            lab_.ground.lay();
        }
        RunningNode born;
        born.cgroup = node.cgroup;
        const auto line = join_services(spec, born, log_bytes_of(lab_.plan));
        const auto text = [](const IdMap& map) { return to_text(identity_of(map)); };
        born.pid = spawn_node(
            spec, 0, {gate_, writing_, text(birthright.maps.uids), text(birthright.maps.gids)});
        writing_.reset();
        born.running = true;
        born.cgroup_procs = std::move(node.cgroup_procs);
        node = std::move(born);
    }

    void let_run() { gate_.open(0, StartGate::Step::wired); }

    void wait_for(Report::Kind kind, std::chrono::milliseconds patience) {
        const auto deadline = steady_clock::now() + patience;
        while (!has(kind)) {
            require_running();
            if (steady_clock::now() > deadline) {
                throw std::runtime_error{"it was not ready in time"};
            }
            pollfd wait{reading_.get(), POLLIN, 0};
            ::poll(&wait, 1, 20);
            note_ends_();
        }
    }

    void wait_until_open() {
        const auto deadline = steady_clock::now() + mount_patience;
        while (!can_be_joined(lab_.nodes[index(id_)].pid)) {
            require_running();
            if (steady_clock::now() > deadline) {
                throw std::runtime_error{"it cannot be joined"};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
            note_ends_();
        }
    }

private:
    /// Its last words come first.
    void require_running() {
        const auto& node = lab_.nodes[index(id_)];
        if (!node.running) {
            has(Report::Kind::failed);
            throw std::runtime_error{node.end};
        }
    }

    bool has(Report::Kind kind) {
        for (const auto& report : reader_.read(reading_)) {
            if (report.kind == Report::Kind::failed) {
                throw std::runtime_error{printable_lines(report.message)};
            }
            reached_ = std::max(reached_, static_cast<int>(report.kind));
        }
        return reached_ >= static_cast<int>(kind);
    }

    Lab& lab_;
    NodeId id_;
    const std::function<void()>& note_ends_;
    StartGate gate_{1};
    UniqueFd reading_;
    UniqueFd writing_;
    ReportReader reader_;
    int reached_ = -1; ///< the last kind of report
};

/// The node's ends, without carrier: the cables are still down.
void make_ends(Lab& lab, NodeId id) {
    for_each_cable(lab, id, [&](std::size_t i, std::size_t side) {
        auto& cable = lab.cables[i];
        const auto& end = cable.sides.at(side);
        const ScopedNetns netns{lab.nodes[index(id)].pid};
        cable.taps.at(side) = open_tap({end.name, end.index, end.mac, cable.mtu});
    });
}

/// Cables come up that nothing else holds down and whose other node runs. Returns the indices of
/// the interfaces whose cables stay down.
std::vector<int> plug_in(Lab& lab, NodeId id) {
    std::vector<int> cut;
    for_each_cable(lab, id, [&](std::size_t i, std::size_t side) {
        const auto& cable = lab.cables[i];
        const auto& other = cable.sides.at(1 - side).node;
        auto wanted = state_of(cable);
        wanted.down =
            cable.unplugged || cable.cuts > 0 || (other && !lab.nodes[index(*other)].running);
        recable(lab, i, wanted);
        if (wanted.down) {
            cut.push_back(cable.sides.at(side).index);
        }
    });
    return cut;
}

void connect(Lab& lab, NodeId id, Birth& birth) {
    const auto& indices = lab.birthright->indices;
    make_ends(lab, id);
    birth.wait_for(Report::Kind::prepared, mount_patience);
    {
        const ScopedNetns netns{lab.nodes[index(id)].pid};
        configure(lab, id, indices);
    }
    const auto cut = plug_in(lab, id);
    const ScopedNetns netns{lab.nodes[index(id)].pid};
    finish(lab, id, indices, cut);
}

std::chrono::milliseconds patience_of(const NodePlan& node) {
    std::chrono::milliseconds longest{0};
    for (const auto& service : node.run) {
        longest = std::max(longest, std::chrono::ceil<std::chrono::milliseconds>(service.within));
    }
    return set_up_patience + longest;
}

void end(const Lab& lab, NodeId id, const std::function<void()>& note_ends) {
    const auto& node = lab.nodes[index(id)];
    for (int i = 0; node.running && i < 5000; ++i) {
        ::kill(node.pid, SIGKILL); // not reaped yet: the number is still its own
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        note_ends();
    }
}

} // namespace

void revive(Lab& lab, NodeId id, const std::function<void()>& prepare,
            const std::function<void()>& note_ends) {
    check_revivable(lab, id);
    const auto& plan = lab.plan.nodes[index(id)];
    try {
        Birth birth{lab, id, note_ends};
        birth.spawn();
        birth.wait_for(Report::Kind::tuned, mount_patience);
        prepare();
        connect(lab, id, birth);
        birth.let_run();
        birth.wait_for(Report::Kind::ready, patience_of(plan));
        birth.wait_until_open();
    } catch (const std::runtime_error& error) {
        end(lab, id, note_ends);
        throw std::runtime_error{"cannot start node " + plan.name + ": " + error.what()};
    }
    if (!plan.publish.empty()) {
        lab.ports.renew();
    }
}

} // namespace netlab
