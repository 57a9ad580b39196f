#include "control/link_answer.h"

#include "lab/cabling.h"

namespace netlab {

namespace {

LinkEndAnswer describe_end(Lab& lab, const Cable& cable, std::size_t i) {
    const auto& side = cable.sides.at(i);
    LinkEndAnswer end;
    end.node = lab.plan.nodes[index(*side.node)].name;
    end.interface = side.name;
    end.down = cable.down;
    end.engine = to_string(cable.carriage);
    end.file = properties_of(planned(lab.plan, side));
    end.now = properties_of(cable.entering.at(i));
    if (cable.carriage == Carriage::wire) {
        end.wire = cable.counted.at(i);
        const auto id = static_cast<WireId>(&cable - lab.cables.data());
        if (const auto counters = cable.down ? std::nullopt : lab.wires.counters(id)) {
            *end.wire += counters->at(i);
        }
    }
    return end;
}

} // namespace

LinkAnswer describe_link(Lab& lab, LinkId id) {
    LinkAnswer answer;
    answer.name = lab.plan.links[index(id)].name;
    answer.segment = lab.plan.links[index(id)].segment.has_value();
    auto carriage = Carriage::veth;
    bool all_down = true;
    for (const auto& cable : lab.cables_of(id)) {
        for (std::size_t i = 0; i < 2; ++i) {
            if (cable.sides.at(i).node) {
                answer.ends.push_back(describe_end(lab, cable, i));
            }
        }
        carriage = std::max(carriage, cable.carriage);
        all_down = all_down && cable.down;
    }
    answer.down = all_down;
    answer.engine = to_string(carriage);
    return answer;
}

} // namespace netlab
