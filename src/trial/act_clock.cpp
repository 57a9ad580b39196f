#include "control/unmoved.h"
#include "trial/actions.h"

#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

using nlohmann::json;

constexpr std::size_t most_named = 10;

/// As it was, whatever else has happened to it meanwhile, as with links.
json undo_of(const std::vector<NodeAnswer>& before) {
    auto changes = json::array();
    for (const auto& node : before) {
        const auto wall = node.clock.wall.value_or(ClockSetting{});
        changes.push_back(
            {{"do", "clock"}, {"node", node.name}, {"wall", {wall.base, wall.offset, wall.rate}}});
    }
    return changes;
}

std::string said_of(const std::vector<UnmovedProcess>& unmoved) {
    std::string text;
    for (std::size_t i = 0; i < unmoved.size() && i < most_named; ++i) {
        const auto& one = unmoved[i];
        text += fmt::format("{}{}: {} (pid {}) has the host's clock: {}", i == 0 ? "" : "; ",
                            one.node, one.program, one.pid, one.why);
    }
    return text + (unmoved.size() > most_named
                       ? fmt::format("; and {} more", unmoved.size() - most_named)
                       : "");
}

} // namespace

Done carry_out(LabClient& client, const std::string& name, const ClockAction& action) {
    (void)name; // the clock's own
    const auto before = client.nodes(action.nodes);
    const auto after =
        client.change_clocks(action.nodes, {{}, action.reset, action.drift, action.jump});
    return {{"undo", action.reset ? json::array() : undo_of(before)},
            {"said", said_of(find_unmoved(client, after))}};
}

void undo_clock(LabClient& client, const json& change) {
    const auto wall = change.at("wall").get<std::array<std::int64_t, 3>>();
    ClockChange back;
    back.to = ClockSetting{wall[0], wall[1], wall[2]};
    client.change_clocks({change.at("node").get<std::string>()}, back);
}

} // namespace netlab
