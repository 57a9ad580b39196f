#include "lab/revive.h"

#include "base/diagnostic.h"
#include "image/bind_stage.h"
#include "image/overlay.h"
#include "lab/bind_trees.h"
#include "lab/node_specs.h"
#include "lab/recable.h"
#include "lab/roll_call.h"
#include "lab/service_specs.h"
#include "lab/uplink.h"
#include "node/spawn.h"
#include "packet/tap.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr auto mount_patience = std::chrono::seconds{60};
constexpr auto set_up_patience = std::chrono::seconds{120};
constexpr auto plug_patience = std::chrono::hours{1};      // thousands of cables
constexpr auto carrier_patience = std::chrono::seconds{2}; // see HeldReply
constexpr auto uplink_patience = std::chrono::seconds{60};
constexpr auto end_patience = std::chrono::seconds{10};

/// Calls `each` with the number and the side of every cable of a node.
template <class Each>
void for_each_cable(const Lab& lab, NodeId id, const Each& each) {
    for (std::size_t i = 0; i < lab.cables.size(); ++i) {
        for (std::size_t side = 0; side < 2; ++side) {
            if (lab.cables[i].sides.at(side).node == id) {
                each(i, side);
            }
        }
    }
}

std::string files_of(NodeId id) {
    return fmt::format("files{}", index(id));
}

std::string bound(std::size_t number) {
    return fmt::format("bound{}", number);
}

std::string kept_as(const std::vector<std::string>& paths, const std::string& path) {
    const auto found = std::ranges::lower_bound(paths, path);
    return bound(static_cast<std::size_t>(found - paths.begin()));
}

/// Of its binds and its root, as make_node_spec takes them.
std::vector<UniqueFd> copy_bound(const Lab& lab, const NodePlan& node) {
    std::vector<UniqueFd> trees;
    if (node.binds.empty() && node.root.host_path.empty()) {
        return trees;
    }
    const auto paths = bound_paths(lab.plan);
    for (const auto& bind : node.binds) {
        trees.push_back(lab.kept.copy(kept_as(paths, bind.host_path)));
    }
    if (!node.root.host_path.empty()) {
        trees.push_back(lab.kept.copy(kept_as(paths, node.root.host_path)));
    }
    return trees;
}

std::chrono::milliseconds patience_of(const NodePlan& node) {
    std::chrono::milliseconds longest{0};
    for (const auto& service : node.run) {
        longest = std::max(longest, std::chrono::ceil<std::chrono::milliseconds>(service.within));
    }
    return set_up_patience + longest;
}

} // namespace

void keep_bound(Lab& lab, std::vector<UniqueFd>& trees) {
    std::vector<std::pair<std::string, const UniqueFd*>> mounts;
    for (std::size_t i = 0; i < trees.size(); ++i) {
        mounts.emplace_back(bound(i), &trees[i]);
    }
    try {
        if (!mounts.empty()) {
            lab.kept.keep(mounts);
        }
    } catch (const std::runtime_error& error) {
        spdlog::warn("nodes with binds will not start again after a kill: {}", error.what());
    }
    trees.clear();
}

void keep_files(Lab& lab, const std::vector<NodeId>& nodes) {
    std::vector<KeptMounts::Tmpfs> mounts;
    for (const auto id : nodes) {
        mounts.push_back({files_of(id), lab.nodes[index(id)].pid});
    }
    lab.kept.keep_tmpfs(mounts, node_files);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& name = lab.plan.nodes[index(nodes[i])].name;
        lab.nodes[index(nodes[i])].lost_files = mounts[i].refusal;
        if (!mounts[i].refusal.empty()) {
            spdlog::warn("the files of node {} are lost: {}", name, mounts[i].refusal);
        }
    }
}

void Revival::refuse_impossible(const Lab& lab, NodeId id, bool wipe) {
    const auto& name = lab.plan.nodes[index(id)].name;
    for_each_cable(lab, id, [&](std::size_t cable, std::size_t /*side*/) {
        if (!lab.cables[cable].down) {
            throw InputError{"node " + name +
                                 " cannot be started again: it ended by itself, and with it its "
                                 "neighbours' ends of its links",
                             "netlab down, netlab up"};
        }
    });
    if (!wipe && !lab.kept.has(files_of(id))) {
        throw InputError{"node " + name +
                             " has ended, and its files with it: " + lab.nodes[index(id)].end,
                         "netlab start --wipe " + name + " starts it without them"};
    }
}

Revival::Revival(Lab& lab, NodeId id, bool wipe, const RevivalCalls& calls)
    : lab_(lab), id_(id), calls_(calls) {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe for the node's reports");
    reading_.reset(ends[0]);
    writing_.reset(ends[1]);
    check(::fcntl(reading_.get(), F_SETFL, O_NONBLOCK), "set up the pipe for reports");
    if (wipe) {
        lab.kept.drop(files_of(id));
    }
    spawn(wipe);
    go_on(Step::prepared, mount_patience);
}

void Revival::spawn(bool wipe) {
    const auto& birthright = *lab_.birthright;
    const auto& plan = lab_.plan.nodes[index(id_)];
    auto& node = lab_.nodes[index(id_)];
    auto spec =
        make_node_spec(plan, copy_bound(lab_, plan), birthright.maps.gids, birthright.inherited);
    std::vector<UniqueFd> trees; // the node has its own copies
    for (const auto& bind : spec.root.binds) {
        trees.emplace_back(bind.tree);
    }
    trees.emplace_back(spec.root.tree);
    if (!wipe) {
        spec.root.kept = trees.emplace_back(lab_.kept.copy(files_of(id_))).get();
    }
    spec.open_files = birthright.open_files;
    spec.own_reports = true;
    if (node.wall_clock) { // be it the host's again: what it had is among its files
        give_wall_clock(spec, *node.wall_clock);
    }
    spec.cgroup = node.cgroup_procs ? node.cgroup_procs.get() : -1;
    if (spec.root.is_layered()) {
        lab_.ground.lay();
    }
    RunningNode born;
    born.cgroup = node.cgroup;
    born.end = "it is starting";
    born.wall_clock = spec.wall_clock;
    born.file_clock = node.file_clock;
    const BindStage stage{spec.root.binds};
    const auto line = join_services(spec, born, log_bytes_of(lab_.plan));
    const auto text = [](const IdMap& map) { return to_text(identity_of(map)); };
    born.pid = spawn_node(
        spec, 0, {gate_, writing_, text(birthright.maps.uids), text(birthright.maps.gids)});
    writing_.reset();
    born.starting = true;
    born.cgroup_procs = std::move(node.cgroup_procs);
    node = std::move(born);
}

void Revival::go_on(Step step, std::chrono::milliseconds patience) {
    step_ = step;
    give_up_ = steady_clock::now() + patience;
}

bool Revival::is_alive() const {
    return lab_.nodes[index(id_)].starting;
}

/// Its last words come first.
void Revival::require_alive() {
    if (!is_alive()) {
        has(Report::Kind::failed);
        throw std::runtime_error{lab_.nodes[index(id_)].end};
    }
    if (steady_clock::now() > give_up_) {
        throw std::runtime_error{step_ == Step::uplink ? "nobody gave it a way out in time"
                                                       : "it was not ready in time"};
    }
}

bool Revival::has(Report::Kind kind) {
    for (const auto& report : reader_.read(reading_)) {
        if (report.kind == Report::Kind::failed) {
            throw std::runtime_error{failure_of(lab_.plan.nodes[index(id_)], report).text};
        }
        reached_ = std::max(reached_, static_cast<int>(report.kind));
    }
    return reached_ >= static_cast<int>(kind);
}

/// The node's ends, without carrier: the cables are still down.
void Revival::make_ends() {
    for_each_cable(lab_, id_, [&](std::size_t i, std::size_t side) {
        auto& cable = lab_.cables[i];
        const auto& end = cable.sides.at(side);
        const ScopedNetns netns{lab_.nodes[index(id_)].pid};
        cable.taps.at(side) = open_tap({end.name, end.index, end.mac, cable.mtu});
        ends_.emplace_back(i, side);
    });
}

/// From then on its cables can be changed as those of any node.
void Revival::connect() {
    auto& node = lab_.nodes[index(id_)];
    calls_.prepare(id_);
    make_ends();
    {
        const ScopedNetns netns{node.pid};
        configure(lab_, id_, lab_.birthright->indices);
    }
    node.running = true;
    std::ranges::reverse(ends_);
    go_on(Step::plugging, plug_patience);
}

/// A cable that nothing else holds down comes up if its other node runs. One at a time: to make
/// interfaces anew takes tens of milliseconds. True if there are no more.
bool Revival::plug_next() {
    if (ends_.empty()) {
        settling_.emplace(lab_, id_, lab_.birthright->indices, cut_);
        go_on(Step::settling, std::chrono::hours{1}); // it knows better
        return true;
    }
    const auto [id, side] = ends_.back();
    ends_.pop_back();
    const auto& cable = lab_.cables[id];
    const auto& other = cable.sides.at(1 - side).node;
    auto wanted = state_of(cable);
    wanted.down =
        cable.unplugged || cable.cuts > 0 || (other && !lab_.nodes[index(*other)].running);
    if (recable(lab_, id, wanted)) {
        plugged_in_.push_back(id);
    }
    if (wanted.down) {
        cut_.push_back(cable.sides.at(side).index);
    }
    return false;
}

/// Its routes are set, and its neighbours have taken note of their carriers, too: until then they
/// have no way to it.
bool Revival::has_settled() {
    if (settling_) {
        const ScopedNetns netns{lab_.nodes[index(id_)].pid};
        if (!settling_->advance()) {
            return false;
        }
        settling_.reset();
        go_on(Step::settling, set_up_patience);
        noted_by_ = steady_clock::now() + carrier_patience;
    }
    pass_over_noted(lab_, plugged_in_);
    return plugged_in_.empty() || steady_clock::now() > noted_by_;
}

bool Revival::settle() {
    if (!has_settled()) {
        return false;
    }
    const ScopedNetns netns{lab_.nodes[index(id_)].pid};
    if (lab_.plan.nodes[index(id_)].kind != NodeKind::internet) {
        uplink_ = "";
    } else {
        const UniqueFd own{check(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC),
                                 "open the node's network namespace")};
        calls_.ask_uplink(id_, own);
    }
    go_on(Step::uplink, uplink_patience);
    return true;
}

void Revival::give_uplink(const std::string& text, UniqueFd holder) {
    uplink_ = text;
    lab_.nodes[index(id_)].uplink = std::move(holder);
}

bool Revival::take_uplink() {
    if (!no_uplink_.empty()) {
        throw std::runtime_error{no_uplink_};
    }
    if (!uplink_) {
        return false;
    }
    if (!uplink_->empty()) {
        const ScopedNetns netns{lab_.nodes[index(id_)].pid};
        configure_uplink(parse_uplink(*uplink_));
    }
    gate_.open(0, StartGate::Step::wired);
    go_on(Step::ready, patience_of(lab_.plan.nodes[index(id_)]));
    return true;
}

void Revival::finish() {
    const auto& plan = lab_.plan.nodes[index(id_)];
    lab_.nodes[index(id_)].starting = false;
    step_ = Step::over;
    try {
        lab_.kept.drop(files_of(id_));
    } catch (const std::runtime_error& error) {
        spdlog::warn("node {}: {}", plan.name, error.what());
    }
    if (!plan.publish.empty()) {
        lab_.ports.renew();
    }
    calls_.done(id_);
}

/// True if the next one can be tried at once.
bool Revival::take_step() {
    require_alive();
    switch (step_) {
    case Step::prepared:
        if (!has(Report::Kind::prepared)) {
            return false;
        }
        connect();
        return true;
    case Step::plugging:
        return plug_next();
    case Step::settling:
        return settle();
    case Step::uplink:
        return take_uplink();
    case Step::ready:
        if (!has(Report::Kind::ready)) {
            return false;
        }
        go_on(Step::open, mount_patience);
        return true;
    case Step::open:
        if (can_be_joined(lab_.nodes[index(id_)].pid)) {
            finish();
        }
        return false;
    case Step::ending:
    case Step::over:
        break;
    }
    return false;
}

void Revival::fail(const std::string& why) {
    failure_ = "did not start: " + why;
    const auto& node = lab_.nodes[index(id_)];
    try {
        if (is_alive()) {
            calls_.fell(id_);
        }
    } catch (const std::runtime_error& error) {
        spdlog::error("node {}: {}", lab_.plan.nodes[index(id_)].name, error.what());
        ::kill(node.pid, SIGKILL); // not reaped yet: the number is still its own
    }
    go_on(Step::ending, end_patience);
}

bool Revival::advance() {
    try {
        while (step_ < Step::ending && take_step()) {
        }
    } catch (const std::exception& error) {
        fail(error.what());
    }
    if (step_ == Step::ending && (!is_alive() || steady_clock::now() > give_up_)) {
        step_ = Step::over;
    }
    return step_ == Step::over;
}

} // namespace netlab
