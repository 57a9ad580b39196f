#include "control/ways_out.h"

#include "lab/uplink.h"
#include "lab/way_out.h"

#include <utility>

namespace netlab {

namespace {

/// As much of the lab's plan as its way out has to know.
Plan plan_around(const UplinkWanted& wanted) {
    Plan plan;
    auto& node = plan.nodes.emplace_back();
    node.name = wanted.node;
    node.kind = NodeKind::internet;
    for (const auto& text : wanted.taken) {
        if (const auto subnet = parse_interface_address(text)) {
            node.loopback.push_back(*subnet);
        }
    }
    return plan;
}

} // namespace

void make_ways_out(LabClient& client) {
    client.set_uplinks([](const UplinkWanted& wanted, const UniqueFd& netns,
                          const UniqueFd& supervisor, UniqueFd& holder) {
        const auto plan = plan_around(wanted);
        WayOut way_out{plan};
        auto uplink = way_out.open(plan.nodes.front(), netns, supervisor);
        holder = std::move(uplink.holder);
        return to_text(uplink);
    });
}

} // namespace netlab
