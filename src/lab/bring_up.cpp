#include "lab/bring_up.h"

#include "image/lab_root.h"
#include "lab/node_specs.h"
#include "lab/revive.h"
#include "lab/roll_call.h"
#include "lab/service_specs.h"
#include "lab/spawn_nodes.h"
#include "lab/start_channel.h"
#include "lab/start_order.h"
#include "lab/uplink.h"
#include "lab/wiring.h"
#include "netlink/link_requests.h"
#include "netlink/socket.h"
#include "node/spawn.h"
#include "node/sysctl.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>
#include <tuple>

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace netlab {

namespace {

/// For a node to make its mounts; a machine so busy that it takes longer is not one to start a lab
/// on.
constexpr auto node_patience = std::chrono::seconds{60};
constexpr int poll_period = 100; ///< ms

/// Tells how far a phase is, not more often than a person can see.
class Progress {
public:
    Progress(const UniqueFd& channel, Phase phase, std::size_t total)
        : channel_(channel), phase_(phase), total_(total) {
        spdlog::debug("{}", describe(phase));
        send(0);
    }
    void done(std::size_t count) {
        if (count >= said_ + 64 || (count == total_ && count != said_)) {
            send(count);
            said_ = count;
        }
    }

private:
    void send(std::size_t count) {
        std::ignore =
            send_message(channel_, {StartMessage::Kind::progress, phase_, count, total_, {}});
    }

    const UniqueFd& channel_;
    Phase phase_;
    std::size_t total_;
    std::size_t said_ = 0;
};

void prepare_own_namespaces(Lab& lab, SupervisorStart& start) {
    const auto top = top_level_of(start.plan);
    const LabRoot root{start.plan.hosts, top.directories, start.state_root, start.resolv_conf,
                       top.files};
    lab.ground.prepare(enter_lab_root(root), std::move(start.owners));
    keep_bound(lab, start.trees.spare);
    check(::sethostname(start.plan.name.data(), start.plan.name.size()),
          "name the lab's namespace {}", start.plan.name);
    Socket socket;
    Batch batch;
    set_up(batch, 0, 1);
    socket.execute(batch);
    if (sysctl_exists("net.ipv6.conf.default.disable_ipv6")) {
        // Only the bridges of LAN segments are here, and they have no addresses.
        write_sysctl("net.ipv6.conf.default.disable_ipv6", "1");
    }
}

/// Must run before prepare_own_namespaces changes sysctls of this namespace: it reads what a new
/// one starts with.
std::vector<NodeSpec> make_specs(SupervisorStart& start, const Birthright& birthright) {
    std::vector<NodeSpec> specs;
    specs.reserve(start.plan.nodes.size());
    for (std::size_t i = 0; i < start.plan.nodes.size(); ++i) {
        specs.push_back(make_node_spec(start.plan.nodes[i], std::move(start.trees.of_nodes[i]),
                                       start.maps.gids, birthright.inherited));
        specs.back().open_files = birthright.open_files;
        if (!start.cgroups.empty()) {
            specs.back().cgroup = start.cgroups[i].procs.get();
        }
    }
    return specs;
}

/// The command tells the owners while nodes start.
void wait_for_owners(SupervisorStart& start) {
    if (!start.knows_owners && !wait_for_go(start.channel)) {
        throw std::runtime_error{"the command that started the lab has gone"};
    }
    start.knows_owners = true;
}

/// Before nodes are cloned that have their layers at once.
void lay_ground_early(Lab& lab, SupervisorStart& start, const std::vector<NodeSpec>& specs) {
    if (std::ranges::any_of(specs, [](const auto& spec) { return spec.root.is_layered(); })) {
        wait_for_owners(start);
        lab.ground.lay();
    }
}

void settle_nodes(const Lab& lab, const SupervisorStart& start, const InterfaceIndices& indices) {
    Progress progress{start.channel, Phase::settle, lab.nodes.size()};
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        const ScopedNetns netns{lab.nodes[i].pid};
        finish(lab, node_id(i), indices);
        progress.done(i + 1);
    }
}

/// By the command, which is in the host's network.
void open_ways_out(Lab& lab, SupervisorStart& start) {
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        if (lab.plan.nodes[i].kind != NodeKind::internet) {
            continue;
        }
        wait_for_owners(start); // so that the next word of the command's is the answer
        const ScopedNetns netns{lab.nodes[i].pid};
        const UniqueFd own{check(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC),
                                 "open the network namespace of {}", lab.plan.nodes[i].name)};
        if (!send_message(start.channel, {StartMessage::Kind::way_out, Phase::settle, i, 0, {}},
                          own.get())) {
            throw_errno(errno, "ask the command for the lab's way out");
        }
        const auto answer = receive_answer(start.channel, lab.nodes[i].uplink);
        if (!answer) {
            throw std::runtime_error{"the command that started the lab has gone"};
        }
        try {
            configure_uplink(parse_uplink(*answer));
        } catch (const std::system_error& error) {
            throw LabError{fmt::format("cannot configure {}:{}: {}", lab.plan.nodes[i].name,
                                       uplink_name, error.what()),
                           lab.plan.nodes[i].span, "while opening the lab's way out"};
        }
    }
}

void note_wall_clocks(Lab& lab, const std::vector<NodeSpec>& specs) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
        lab.nodes[i].wall_clock = specs[i].wall_clock;
        lab.nodes[i].file_clock = specs[i].wall_clock.value_or(ClockSetting{});
    }
}

/// Most of it is this process's own work.
std::chrono::seconds time_to_wire(const Lab& lab) {
    return node_patience + std::chrono::seconds{lab.nodes.size() / 50};
}

/// Cables are made and nodes configured while others are still being cloned.
void spawn_and_wire(const Lab& lab, Progress& progress, Spawning& spawning, Wiring& wiring,
                    RollCall& roll_call, const UniqueFd& reports) {
    const auto come = [&](NodeId node) {
        spawning.note(node);
        wiring.has_come(node);
    };
    while (spawning.goes_on()) {
        roll_call.listen(Report::Kind::tuned, come);
        wiring.advance();
        progress.done(spawning.cloned());
        auto waits = spawning.polls();
        waits.push_back({reports.get(), POLLIN, 0});
        ::poll(waits.data(), waits.size(), poll_period);
    }
    roll_call.wait_for(
        Report::Kind::tuned, time_to_wire(lab), [&](std::size_t) { wiring.advance(); }, come);
    progress.done(lab.nodes.size());
}

void connect_nodes(Lab& lab, SupervisorStart& start, Wiring& wiring, RollCall& roll_call) {
    roll_call.wait_for(Report::Kind::prepared, node_patience, [](std::size_t) {});
    {
        Progress progress{start.channel, Phase::configure, lab.nodes.size()};
        wiring.end([&](std::size_t count) { progress.done(count); });
    }
    settle_nodes(lab, start, lab.birthright->indices);
    open_ways_out(lab, start);
}

void set_up_nodes(RollCall& roll_call, const SupervisorStart& start, StartGate& gate) {
    Progress progress{start.channel, Phase::set_up, start.plan.nodes.size()};
    StartOrder order{start.plan};
    const auto open = [&](const std::vector<NodeId>& nodes) {
        for (const auto id : nodes) {
            gate.open(index(id), StartGate::Step::wired);
        }
    };
    open(order.first());
    roll_call.wait_for(
        Report::Kind::ready, start.set_up_patience + longest_wait(start.plan),
        [&](std::size_t count) { progress.done(count); },
        [&](NodeId ready) { open(order.after(ready)); });
}

/// The nodes' last step, of which they cannot report any more.
void wait_until_open(const Lab& lab, RollCall& roll_call) {
    const auto deadline = std::chrono::steady_clock::now() + node_patience;
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        while (!can_be_joined(lab.nodes[i].pid)) {
            roll_call.look_for_failures();
            if (std::chrono::steady_clock::now() > deadline) {
                throw LabError{fmt::format("node {} cannot be joined", lab.plan.nodes[i].name),
                               lab.plan.nodes[i].span, "while starting this node"};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
}

/// Whether a node has lost its namespaces and can yet not be seen to have ended: the kernel takes
/// its mounts apart between the two.
bool anything_is_ending(const Lab& lab) {
    return std::ranges::any_of(lab.nodes, [](const RunningNode& node) {
        std::array<char, 64> name{};
        const auto link = fmt::format("/proc/{}/ns/net", node.pid);
        return node.running && ::readlink(link.c_str(), name.data(), name.size()) < 0 &&
               errno == ENOENT;
    });
}

/// Throws if a node has ended. One that is killed has lost its namespaces, by which others fail, a
/// while before it can be seen to have ended: a moment, or more on a busy machine.
void blame_ended_node(const Lab& lab, RollCall& roll_call) {
    const auto deadline = std::chrono::steady_clock::now() + node_patience;
    const auto waits = [&] {
        return anything_is_ending(lab) && std::chrono::steady_clock::now() < deadline;
    };
    for (int look = 0; look < 20 || waits(); ++look) {
        roll_call.look_for_failures();
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

struct ReportPipe {
    UniqueFd reading;
    UniqueFd writing;
};

ReportPipe open_report_pipe() {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for the nodes' reports");
    ReportPipe pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
    check(::fcntl(ends[0], F_SETFL, O_NONBLOCK), "set up the pipe for the nodes' reports");
    return pipe;
}

} // namespace

void bring_up(Lab& lab, SupervisorStart& start) {
    lab.birthright.emplace(Birthright{start.maps, inherited_differences(),
                                      raise_file_limit(start.plan), free_indices()});
    auto specs = make_specs(start, *lab.birthright);
    prepare_own_namespaces(lab, start);
    lay_ground_early(lab, start, specs);

    auto [reading, writing] = open_report_pipe();
    StartGate gate{specs.size()};
    const auto id_map = [](const IdMap& map) { return to_text(identity_of(map)); };
    const Nursery nursery{gate, writing, id_map(start.maps.uids), id_map(start.maps.gids)};
    Wiring wiring{lab, lab.birthright->indices};
    std::optional<Progress> progress{std::in_place, start.channel, Phase::spawn, specs.size()};
    Spawning spawning{lab, start, specs, nursery,
                      [&](std::size_t count) { progress->done(count); }};
    raise_open_files_limit(); // a cable of TAPs has two; the nodes keep the caller's limit
    note_wall_clocks(lab, specs);

    RollCall roll_call{lab, reading, start.channel};
    try {
        spawn_and_wire(lab, *progress, spawning, wiring, roll_call, reading);
        progress.reset();
        writing.reset();
        connect_nodes(lab, start, wiring, roll_call);
    } catch (const std::exception&) {
        blame_ended_node(lab, roll_call);
        throw;
    }
    set_up_nodes(roll_call, start, gate);
    wait_until_open(lab, roll_call);
    wait_for_owners(start);
    lab.ports = PublishedPorts{std::move(start.ports)};
    lab.ports.serve(lab);
}

} // namespace netlab
