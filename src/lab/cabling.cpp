#include "lab/cabling.h"

#include <algorithm>

namespace netlab {

namespace {

CableSide side_in_node(const Plan& plan, const LinkPlan& link, std::uint32_t end,
                       const InterfaceIndices& indices) {
    const auto& at = link.ends[end];
    const auto& node = plan.nodes[index(at.node)];
    const auto& interface = node.interfaces[at.interface];
    CableSide side;
    side.node = at.node;
    side.name = interface.name;
    side.index = indices.of(at.interface);
    side.mac = interface.mac;
    side.up = interface.up;
    side.bridge = node.bridge ? indices.of_bridge(node) : 0;
    side.end = end;
    side.interface = at.interface;
    return side;
}

Cable cable_from(const Plan& plan, LinkId link, CableSide a, CableSide b) {
    Cable cable;
    cable.link = link;
    const auto& end = plan.links[index(link)].ends.front();
    cable.mtu = plan.nodes[index(end.node)].interfaces[end.interface].mtu;
    cable.entering = {planned(plan, a), planned(plan, b)};
    cable.sides = {std::move(a), std::move(b)};
    return cable;
}

// Linux before 6.15 looks for a new interface's index in the namespace of who asks for it, even if
// it is to be born in another, and answers "File exists". So no index is used both here and there.
std::size_t most_indices_of_a_node(const Plan& plan) {
    std::size_t most = 0;
    for (const auto& node : plan.nodes) {
        most = std::max(most, node.interfaces.size() + 1); // a switch has a bridge
    }
    return most;
}

} // namespace

std::vector<Cable> make_cables(const Plan& plan, const InterfaceIndices& indices) {
    std::vector<Cable> cables;
    std::size_t used = most_indices_of_a_node(plan); // in the lab's namespace
    for (std::size_t i = 0; i < plan.links.size(); ++i) {
        const auto& link = plan.links[i];
        if (!link.segment) {
            cables.push_back(cable_from(plan, link_id(i), side_in_node(plan, link, 0, indices),
                                        side_in_node(plan, link, 1, indices)));
            continue;
        }
        const int bridge = indices.of(used++);
        for (std::uint32_t end = 0; end < link.ends.size(); ++end) {
            CableSide port;
            port.name = link.segment->ports[end];
            port.index = indices.of(used++);
            port.bridge = bridge;
            cables.push_back(cable_from(plan, link_id(i), side_in_node(plan, link, end, indices),
                                        std::move(port)));
        }
    }
    return cables;
}

const Impairment& planned(const Plan& plan, const CableSide& side) {
    static const Impairment perfect;
    return side.node ? plan.nodes[index(*side.node)].interfaces[side.interface].leaving : perfect;
}

std::string name_of(const Plan& plan, const CableSide& side) {
    return side.node ? plan.nodes[index(*side.node)].name + ":" + side.name : side.name;
}

pid_t netns_of(const Lab& lab, const CableSide& side) {
    return side.node ? lab.nodes[index(*side.node)].pid : 0;
}

} // namespace netlab
