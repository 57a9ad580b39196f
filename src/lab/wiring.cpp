#include "lab/wiring.h"

#include "lab/cabling.h"
#include "lab/carriage.h"
#include "lab/recable.h"
#include "lab/shaping.h"
#include "netlink/link_requests.h"
#include "netlink/read.h"
#include "netlink/socket.h"
#include "sys/check.h"

#include <algorithm>

namespace netlab {

namespace {

std::string describe(const Plan& plan, const LinkPlan& link) {
    std::string text = link.name;
    const char* separator = " (";
    for (const auto& end : link.ends) {
        const auto& node = plan.nodes[index(end.node)];
        text += separator + node.name + ":" + node.interfaces[end.interface].name;
        separator = " - ";
    }
    return text + ")";
}

void choose_carriages(Lab& lab) {
    for (auto& cable : lab.cables) {
        const auto& link = lab.plan.links[index(cable.link)];
        if (!needs_means(link.engine, cable.entering)) {
            continue;
        }
        auto choice =
            choose_carriage(lab.means(), link.engine, cable.entering, cable.mtu, Carriage::veth);
        if (!choice.why_not.empty()) {
            throw LabError{
                fmt::format("cannot shape link {}: {}", describe(lab.plan, link), choice.why_not),
                link.span, "while wiring this link", choice.hint};
        }
        cable.carriage = choice.carriage;
    }
}

void add_bridge(Batch& batch, Tag tag, const LinkPlan& link, int index) {
    const auto& bridge = link.segment->bridge;
    new_bridge(batch, tag,
               {bridge.name, index, bridge.mac, bridge.mtu, bridge.stp, bridge.forward_delay,
                bridge.ageing});
    set_up(batch, tag, index);
}

void add_veth(Batch& batch, Tag tag, const Lab& lab, const Cable& cable) {
    const auto end = [&](const CableSide& side) {
        return VethEnd{netns_of(lab, side), side.name, side.index, side.mac, cable.mtu};
    };
    new_veth(batch, tag, end(cable.sides[0]), end(cable.sides[1]));
}

/// The lab's own end of a cable of a segment.
void add_port(Batch& batch, Tag tag, const CableSide& port) {
    set_master(batch, tag, port.index, port.bridge);
    set_up(batch, tag, port.index);
}

[[noreturn]] void refuse(const Lab& lab, LinkId id, const std::exception& error) {
    const auto& link = lab.plan.links[index(id)];
    throw LabError{fmt::format("cannot create link {}: {}", describe(lab.plan, link), error.what()),
                   link.span, "while wiring this link"};
}

void execute(const Lab& lab, Batch& batch) {
    try {
        Socket{}.execute(batch);
    } catch (const RequestError& error) {
        refuse(lab, link_id(error.tag()), error);
    }
    batch.clear();
}

/// Bridges first, for their ports; then the pairs; TAPs are not netlink's.
void make_interfaces(Lab& lab) {
    Batch batch;
    for (auto& cable : lab.cables) {
        const auto tag = static_cast<Tag>(cable.link);
        const auto& port = cable.sides[1];
        const bool of_segment = !port.node;
        if (of_segment && cable.sides[0].end == 0) {
            add_bridge(batch, tag, lab.plan.links[index(cable.link)], port.bridge);
        }
        if (cable.carriage == Carriage::wire) {
            try {
                make_taps(lab, cable);
            } catch (const std::system_error& error) {
                refuse(lab, cable.link, error);
            }
        } else {
            add_veth(batch, tag, lab, cable);
        }
    }
    execute(lab, batch);
    for (const auto& cable : lab.cables) {
        if (!cable.sides[1].node) {
            add_port(batch, static_cast<Tag>(cable.link), cable.sides[1]);
        }
    }
    execute(lab, batch);
}

} // namespace

InterfaceIndices free_indices() {
    int highest = 1;
    for (const auto& interface : Reader{}.interfaces()) {
        highest = std::max(highest, interface.index);
    }
    return InterfaceIndices{highest + 1};
}

void wire(Lab& lab, const InterfaceIndices& indices) {
    lab.cables = make_cables(lab.plan, indices);
    choose_carriages(lab);
    make_interfaces(lab);
    const bool counted = std::ranges::any_of(lab.cables, [](const Cable& cable) {
        return cable.carriage == Carriage::netem && counts_frames(cable.entering);
    });
    if (counted) {
        send_single_segments(lab);
    }
    for (std::size_t i = 0; i < lab.cables.size(); ++i) {
        if (lab.cables[i].carriage == Carriage::wire) {
            lab.wires.connect(static_cast<WireId>(i), lab.cables[i]);
        }
    }
}

} // namespace netlab
