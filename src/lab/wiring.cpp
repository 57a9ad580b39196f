#include "lab/wiring.h"

#include "lab/cabling.h"
#include "lab/carriage.h"
#include "lab/recable.h"
#include "lab/shaping.h"
#include "netlink/link_requests.h"
#include "netlink/read.h"
#include "netlink/socket.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

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

void make_segments(const Lab& lab) {
    Batch batch;
    for (const auto& cable : lab.cables) {
        if (!cable.sides[1].node && cable.sides[0].end == 0) {
            add_bridge(batch, static_cast<Tag>(cable.link), lab.plan.links[index(cable.link)],
                       cable.sides[1].bridge);
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

Wiring::Wiring(Lab& lab, const InterfaceIndices& indices)
    : lab_(lab), indices_(indices), cables_at_(lab.plan.nodes.size()),
      missing_cables_(lab.plan.nodes.size()) {
    lab.cables = make_cables(lab.plan, indices);
    choose_carriages(lab);
    make_segments(lab);
    missing_nodes_.resize(lab.cables.size());
    for (std::size_t i = 0; i < lab.cables.size(); ++i) {
        const auto& cable = lab.cables[i];
        early_ = early_ && cable.carriage == Carriage::veth;
        for (const auto& side : cable.sides) {
            if (side.node) {
                cables_at_[index(*side.node)].push_back(i);
                ++missing_cables_[index(*side.node)];
                ++missing_nodes_[i];
            }
        }
    }
}

void Wiring::has_come(NodeId node) {
    if (missing_cables_[index(node)] == 0) {
        connected_.push_back(node);
    }
    for (const auto cable : cables_at_[index(node)]) {
        if (--missing_nodes_[cable] == 0) {
            ready_.push_back(cable);
        }
    }
}

void Wiring::advance() {
    const auto cables = std::exchange(ready_, {});
    make_interfaces(cables);
    for (const auto cable : cables) {
        for (const auto& side : lab_.cables[cable].sides) {
            if (side.node && --missing_cables_[index(*side.node)] == 0) {
                connected_.push_back(*side.node);
            }
        }
    }
    if (early_) {
        for (const auto node : std::exchange(connected_, {})) {
            configure_node(node);
        }
    }
}

/// TAPs are not netlink's. The ports' requests are carried out behind those of the pairs.
void Wiring::make_interfaces(const std::vector<std::size_t>& cables) {
    Batch batch;
    for (const auto i : cables) {
        auto& cable = lab_.cables[i];
        if (cable.carriage == Carriage::wire) {
            try {
                make_taps(lab_, cable);
            } catch (const std::system_error& error) {
                refuse(lab_, cable.link, error);
            }
        } else {
            add_veth(batch, static_cast<Tag>(cable.link), lab_, cable);
        }
        if (!cable.sides[1].node) {
            add_port(batch, static_cast<Tag>(cable.link), cable.sides[1]);
        }
    }
    if (!cables.empty()) {
        execute(lab_, batch);
    }
}

void Wiring::configure_node(NodeId node) {
    const ScopedNetns netns{lab_.nodes[index(node)].pid};
    configure(lab_, node, indices_);
    ++configured_;
}

void Wiring::end(const std::function<void(std::size_t)>& progress) {
    const bool counted = std::ranges::any_of(lab_.cables, [](const Cable& cable) {
        return cable.carriage == Carriage::netem && counts_frames(cable.entering);
    });
    if (counted) {
        send_single_segments(lab_);
    }
    for (std::size_t i = 0; i < lab_.cables.size(); ++i) {
        if (lab_.cables[i].carriage == Carriage::wire) {
            lab_.wires.connect(static_cast<WireId>(i), lab_.cables[i]);
        }
    }
    progress(configured_);
    for (const auto node : std::exchange(connected_, {})) {
        configure_node(node);
        progress(configured_);
    }
}

} // namespace netlab
