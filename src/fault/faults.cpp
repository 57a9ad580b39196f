#include "fault/faults.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "fault/cable_changes.h"
#include "fault/link_faults.h"
#include "lab/revive.h"
#include "node/standstill.h"
#include "sys/check.h"
#include "topology/names.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

using std::chrono::system_clock;

bool has(const std::vector<Fault>& faults, const std::string& id) {
    return std::ranges::find(faults, id, &Fault::id) != faults.end();
}

} // namespace

std::string_view to_string(Fault::Kind kind) {
    switch (kind) {
    case Fault::Kind::partition:
        return "partition";
    case Fault::Kind::cut:
        return "cut";
    case Fault::Kind::link:
        return "link";
    case Fault::Kind::pause:
        return "pause";
    case Fault::Kind::clock:
        return "clock";
    case Fault::Kind::kill:
        break;
    }
    return "kill";
}

std::string Faults::name_for(const std::string& name) {
    const auto is_link = [&](const std::string& id) {
        return std::ranges::find(lab_.plan.links, id, &LinkPlan::name) != lab_.plan.links.end();
    };
    if (name.empty()) {
        std::string id;
        do {
            id = "p" + std::to_string(++last_number_);
        } while (has(faults_, id) || is_link(id));
        return id;
    }
    if (const auto why = why_not_link_name(name); !why.empty()) {
        throw InputError{"--as " + quoted(name) + " " + why};
    }
    if (has(faults_, name) || is_link(name)) {
        throw InputError{"--as " + quoted(name) + " is taken, by " +
                             (has(faults_, name) ? "a fault" : "a link"),
                         has(faults_, name) ? "netlab heal " + name : ""};
    }
    return name;
}

const Fault& Faults::part(const Partition& partition, const std::string& name,
                          const std::string& command) {
    Fault fault{name_for(name), Fault::Kind::partition, partition.what,
                command,        system_clock::now(),    partition.separations};
    deaf_.part(fault.id, fault.separations);
    spdlog::info("{}: {}", fault.id, fault.what);
    faults_.push_back(std::move(fault));
    return faults_.back();
}

const Fault& Faults::cut(const Cut& cut, const std::string& name, const std::string& command) {
    Fault fault{name_for(name), Fault::Kind::cut, cut.what, command, system_clock::now()};
    fault.cables = cut.cables;
    CableChanges changes;
    for (const auto id : cut.cables) {
        const auto& cable = lab_.cables[id];
        check_changeable(lab_, cable);
        auto state = state_of(cable);
        state.down = true;
        changes.emplace(id, state);
        if (fault.links.empty() || fault.links.back() != cable.link) {
            fault.links.push_back(cable.link);
        }
    }
    carry_out(lab_, changes);
    for (const auto id : cut.cables) {
        ++lab_.cables[id].cuts;
    }
    spdlog::info("{}: {}", fault.id, fault.what);
    faults_.push_back(std::move(fault));
    return faults_.back();
}

ChangedLinks Faults::change_links(const LinkChange& change, const std::string& command) {
    auto changed = netlab::change_links(lab_, change);
    for (const auto id : changed.links) {
        changed_[id] = {command, system_clock::now()};
    }
    return changed;
}

void Faults::check_running(const std::vector<NodeId>& nodes) const {
    for (const auto id : nodes) {
        const auto& node = lab_.nodes[index(id)];
        if (!node.running) {
            throw std::runtime_error{
                fmt::format("node {} does not run: {}", lab_.plan.nodes[index(id)].name, node.end)};
        }
    }
}

void Faults::refuse_starting(const std::vector<NodeId>& nodes) const {
    for (const auto id : nodes) {
        if (lab_.nodes[index(id)].starting) {
            throw std::runtime_error{
                fmt::format("node {} is starting", lab_.plan.nodes[index(id)].name)};
        }
    }
}

/// A veth goes with its peer, and with it what its node had set there; a TAP stays.
CableChanges Faults::pulled(const std::vector<NodeId>& nodes) const {
    CableChanges changes;
    for (std::size_t i = 0; i < lab_.cables.size(); ++i) {
        const auto& cable = lab_.cables[i];
        const auto is_of = [&](const CableSide& side) {
            return side.node && std::ranges::find(nodes, *side.node) != nodes.end();
        };
        const auto is_there = [&](const CableSide& side) {
            return !side.node || lab_.nodes[index(*side.node)].running;
        };
        if (std::ranges::any_of(cable.sides, is_of) && std::ranges::all_of(cable.sides, is_there) &&
            is_changeable(lab_, cable)) {
            auto state = state_of(cable);
            state.down = true;
            changes.emplace(i, state);
        }
    }
    return changes;
}

/// So that nothing sees its cables go.
std::vector<Standstill> Faults::stand_still(const std::vector<NodeId>& nodes) const {
    std::vector<Standstill> stopped;
    for (const auto id : nodes) {
        if (!lab_.nodes[index(id)].paused) {
            stopped.push_back({lab_.nodes[index(id)].pid});
        }
    }
    stop_processes(stopped);
    return stopped;
}

/// The nodes stand still then, with their cables down, and are to be killed: see end_all().
void Faults::cut_power(const std::vector<NodeId>& nodes, bool keeps_files) {
    const auto changes = pulled(nodes);
    const auto stopped = stand_still(nodes);
    try {
        carry_out(lab_, changes);
    } catch (const std::runtime_error&) {
        continue_processes(stopped);
        throw;
    }
    if (keeps_files) {
        keep_files(lab_, nodes);
    }
}

/// As many as possible, whatever becomes of one of them: their cables are down, and they stand
/// still. Calls `killed` for each. Throws the first refusal at the end.
void Faults::end_all(const std::vector<NodeId>& nodes, const std::function<void(NodeId)>& killed) {
    std::exception_ptr refusal;
    for (const auto id : nodes) {
        try {
            // Not reaped yet, so the number is still this node's.
            check(::kill(lab_.nodes[index(id)].pid, SIGKILL), "kill node {}",
                  lab_.plan.nodes[index(id)].name);
            killed(id);
        } catch (const std::system_error&) {
            refusal = refusal ? refusal : std::current_exception();
        }
    }
    if (refusal) {
        std::rethrow_exception(refusal);
    }
}

void Faults::kill(const std::vector<NodeId>& nodes, const std::string& command) {
    check_running(nodes);
    cut_power(nodes, true);
    end_all(nodes, [&](NodeId id) { killed_[id] = {command, system_clock::now()}; });
}

void Faults::fell(const std::vector<NodeId>& nodes) {
    cut_power(nodes, false);
    end_all(nodes, [](NodeId /*id*/) {});
}

void Faults::prepare(NodeId id) {
    for (const auto& fault : faults_) {
        deaf_.part_anew(id, fault.id, fault.separations);
    }
}

void Faults::pause(const std::vector<NodeId>& nodes, const std::string& command) {
    check_running(nodes);
    refuse_starting(nodes);
    std::vector<Standstill> stopped;
    std::vector<NodeId> new_ones;
    for (const auto id : nodes) {
        const auto& node = lab_.nodes[index(id)];
        if (!node.paused) {
            new_ones.push_back(id);
        }
        if (!node.paused && node.cgroup.empty()) {
            stopped.push_back({node.pid});
        }
    }
    stop_processes(stopped);
    auto one = stopped.begin();
    for (const auto id : new_ones) {
        auto& node = lab_.nodes[index(id)];
        node.paused = true;
        node.stood = node.cgroup.empty() ? (one++)->stood : std::vector<pid_t>{};
        paused_[id] = {command, system_clock::now()};
    }
}

void Faults::resume(const std::vector<NodeId>& nodes) {
    std::vector<Standstill> stopped;
    for (const auto id : nodes) {
        const auto& node = lab_.nodes[index(id)];
        if (node.paused && node.running && node.cgroup.empty()) {
            stopped.push_back({node.pid, node.stood});
        }
    }
    continue_processes(stopped);
    for (const auto id : nodes) { // not before: what still stands is to be resumed again
        auto& node = lab_.nodes[index(id)];
        node.stood.clear();
        node.paused = false;
        paused_.erase(id);
    }
}

void Faults::change_clocks(const std::vector<NodeId>& nodes, const ClockChange& change,
                           const std::string& command) {
    refuse_starting(nodes);
    clocks_.change(nodes, change, command);
}

void Faults::forget(NodeId id) {
    deaf_.forget(id);
    paused_.erase(id);
    lab_.nodes[index(id)].paused = false;
    for (auto& cable : lab_.cables) {
        for (std::size_t i = 0; i < 2; ++i) {
            if (cable.down && cable.sides.at(i).node == id) {
                cable.taps.at(i).reset(); // it would keep the network namespace
            }
        }
    }
}

void Faults::add_nodes(std::vector<Fault>& faults, Fault::Kind kind) const {
    const bool kill = kind == Fault::Kind::kill;
    for (const auto& [id, origin] : kill ? killed_ : paused_) {
        const auto& name = lab_.plan.nodes[index(id)].name;
        Fault fault{fmt::format("{}:{}", to_string(kind), name), kind,
                    name + (kill ? " has no power" : " is paused"), origin.command, origin.since};
        fault.nodes = {id};
        faults.push_back(std::move(fault));
    }
}

std::vector<Fault> Faults::list() const {
    auto faults = faults_;
    for (const auto& [id, origin] : changed_) {
        if (auto what = differences(lab_, id); !what.empty()) {
            Fault fault{lab_.plan.links[index(id)].name, Fault::Kind::link, std::move(what),
                        origin.command, origin.since};
            fault.links = {id};
            faults.push_back(std::move(fault));
        }
    }
    add_nodes(faults, Fault::Kind::pause);
    add_nodes(faults, Fault::Kind::kill);
    for (const auto& clock : clocks_.moved()) {
        faults.push_back({"clock:" + lab_.plan.nodes[index(clock.node)].name, Fault::Kind::clock,
                          clock.what, clock.command, clock.since});
        faults.back().nodes = {clock.node};
    }
    return faults;
}

} // namespace netlab
