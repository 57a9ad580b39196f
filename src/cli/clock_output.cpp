#include "cli/clock_output.h"

#include "base/quote.h"
#include "base/table.h"
#include "clock/setting.h"
#include "fault/clocks.h"

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using json = nlohmann::ordered_json;

NodeClock wall_clock_of(const NodeAnswer& node) {
    return clock_now(node.clock.wall.value_or(ClockSetting{}));
}

double seconds(Duration duration) {
    return std::chrono::duration<double>{duration}.count();
}

std::string unmoved_text(const std::vector<UnmovedProcess>& unmoved, bool colour) {
    if (unmoved.empty()) {
        return {};
    }
    Table table{{"NODE", "PID", "PROGRAM", "BECAUSE"}};
    for (const auto& process : unmoved) {
        table.add_row(
            {process.node, std::to_string(process.pid), printable(process.program), process.why});
    }
    return "\nThese have the host's clock:\n" + table.to_string(0, colour);
}

} // namespace

std::string clocks_to_text(const std::vector<NodeAnswer>& nodes,
                           const std::vector<UnmovedProcess>& unmoved, bool colour) {
    Table table{{"NODE", "OFFSET", "DRIFT", "MONOTONIC", "BOOT"}};
    for (const auto& node : nodes) {
        const auto clock = wall_clock_of(node);
        table.add_row({node.name, describe({clock.offset, 0, {}, {}}), spell_drift(clock.drift),
                       spell_signed(node.clock.file.monotonic),
                       spell_signed(node.clock.file.boot)});
    }
    return table.to_string(0, colour) + unmoved_text(unmoved, colour);
}

std::string clocks_to_json(const std::vector<NodeAnswer>& nodes,
                           const std::vector<UnmovedProcess>& unmoved) {
    auto values = json::array();
    for (const auto& node : nodes) {
        const auto clock = wall_clock_of(node);
        auto others = json::array();
        for (const auto& process : unmoved) {
            if (process.node == node.name) {
                others.push_back(
                    {{"pid", process.pid}, {"program", process.program}, {"why", process.why}});
            }
        }
        values.push_back({{"node", node.name},
                          {"offset_seconds", seconds(clock.offset)},
                          {"drift_ppm", static_cast<double>(clock.drift) / 1000},
                          {"own", node.clock.wall.has_value()},
                          {"monotonic_seconds", seconds(node.clock.file.monotonic)},
                          {"boot_seconds", seconds(node.clock.file.boot)},
                          {"unmoved", std::move(others)}});
    }
    return values.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace netlab
