#include "fault/clocks.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "clock/setting.h"
#include "node/wall_clock.h"
#include "topology/node_clock.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

/// Each of them is a process for a few milliseconds.
constexpr std::size_t most_at_once = 64;

bool is_same(const ClockSetting& one, const ClockSetting& other) {
    const auto now = host_now();
    return one.rate == other.rate && ahead_at(one, now) == ahead_at(other, now);
}

ClockSetting setting_of(const RunningNode& node) {
    return node.wall_clock.value_or(ClockSetting{});
}

} // namespace

std::string describe(const NodeClock& clock) {
    using namespace std::chrono_literals;
    const auto far = std::chrono::abs(clock.offset);
    const auto unit = far >= 10s ? Duration{10ms} : far >= 10ms ? Duration{10us} : Duration{1us};
    const auto half = clock.offset.count() < 0 ? -unit / 2 : unit / 2;
    const auto rounded = (clock.offset + half) / unit * unit;
    auto text = spell_signed(rounded);
    if (clock.drift != 0) {
        text += (clock.drift > 0 ? " and gains " : " and loses ") +
                spell_drift(std::abs(clock.drift)).substr(1);
    }
    return text;
}

/// The drift first: a jump is made with the new one.
ClockSetting Clocks::changed(NodeId id, const ClockChange& change) const {
    const auto& node = lab_.nodes[index(id)];
    const auto& plan = lab_.plan.nodes[index(id)];
    if (const auto* bind = bind_over_clock(plan.binds)) {
        throw InputError{
            fmt::format("node {} shows the host's {}, and so can have no wall clock of "
                        "its own",
                        plan.name, printable(bind->node_path)),
            "bind what is below it that the node needs"};
    }
    auto setting = change.reset ? node.file_clock : change.to.value_or(setting_of(node));
    setting = change.drift ? with_drift(setting, *change.drift) : setting;
    try {
        return change.jump ? jumped(setting, *change.jump) : setting;
    } catch (const std::overflow_error& error) {
        throw InputError{
            fmt::format("the clock of node {} cannot go there: {}", plan.name, error.what())};
    }
}

void Clocks::carry_out(const std::vector<NodeId>& nodes, const std::vector<ClockSetting>& settings,
                       bool all) {
    for (std::size_t begin = 0; begin < nodes.size(); begin += most_at_once) {
        const auto end = std::min(begin + most_at_once, nodes.size());
        std::vector<std::pair<NodeId, WallClockChange>> under_way;
        for (auto i = begin; i < end; ++i) {
            const auto& node = lab_.nodes[index(nodes[i])];
            const bool has_own = node.wall_clock || !is_same(settings[i], ClockSetting{});
            if (node.running && (all || has_own)) {
                under_way.emplace_back(nodes[i], WallClockChange{node.pid, settings[i]});
            }
        }
        std::string refusal;
        for (auto& [id, errand] : under_way) {
            const auto why = errand.wait();
            if (!why.empty() && refusal.empty()) {
                refusal = fmt::format("cannot set the clock of node {}: {}",
                                      lab_.plan.nodes[index(id)].name, printable(why));
            }
        }
        if (!refusal.empty()) {
            throw std::runtime_error{refusal};
        }
    }
}

void Clocks::change(const std::vector<NodeId>& nodes, const ClockChange& change,
                    const std::string& command) {
    std::vector<ClockSetting> before;
    std::vector<ClockSetting> settings;
    for (const auto id : nodes) {
        before.push_back(setting_of(lab_.nodes[index(id)]));
        settings.push_back(changed(id, change));
    }
    if (std::ranges::any_of(nodes, [&](NodeId id) { return lab_.nodes[index(id)].running; })) {
        lab_.ground.lay(); // for an /etc of their own
    }
    try {
        carry_out(nodes, settings, false);
    } catch (const std::runtime_error&) {
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            lab_.nodes[index(nodes[i])].wall_clock = before[i]; // some have a page by now
        }
        try {
            carry_out(nodes, before, true);
        } catch (const std::runtime_error& error) { // the one that refused, again
            spdlog::warn("{}", error.what());
        }
        throw;
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto& node = lab_.nodes[index(nodes[i])];
        if (node.wall_clock || !is_same(settings[i], ClockSetting{})) {
            node.wall_clock = settings[i];
        }
        if (is_same(setting_of(node), node.file_clock)) {
            moved_.erase(nodes[i]);
        } else {
            moved_[nodes[i]] = {command, std::chrono::system_clock::now()};
        }
        spdlog::info("the clock of node {}: {}", lab_.plan.nodes[index(nodes[i])].name,
                     describe(clock_now(settings[i])));
    }
}

std::vector<Clocks::Moved> Clocks::moved() const {
    std::vector<Moved> all;
    for (const auto& [id, origin] : moved_) {
        const auto clock = clock_now(setting_of(lab_.nodes[index(id)]));
        all.push_back(
            {id, fmt::format("{}'s clock is {}", lab_.plan.nodes[index(id)].name, describe(clock)),
             origin.command, origin.since});
    }
    return all;
}

} // namespace netlab
