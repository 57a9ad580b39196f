#include "plan/reference_paths.h"

#include <algorithm>
#include <numeric>

namespace netlab::test {

namespace {

/// By link: the lowest number of a link that it is joined to while all are up.
std::vector<std::size_t> pieces_of(const Topology& topology) {
    std::vector<std::size_t> piece(topology.links.size());
    std::iota(piece.begin(), piece.end(), std::size_t{0});
    std::vector<std::size_t> at_switch(topology.nodes.size());
    for (bool changed = true; changed;) {
        changed = false;
        std::fill(at_switch.begin(), at_switch.end(), topology.links.size());
        for (int round = 0; round < 2; ++round) {
            for (std::size_t i = 0; i < topology.links.size(); ++i) {
                for (const auto& end : topology.links[i].endpoints) {
                    auto& shared = at_switch[index(end.node)];
                    if (!topology.links[i].up ||
                        topology.nodes[index(end.node)].kind != NodeKind::network_switch) {
                        continue;
                    }
                    const auto lowest = std::min(shared, piece[i]);
                    changed = changed || lowest != piece[i];
                    shared = piece[i] = lowest;
                }
            }
        }
    }
    return piece;
}

/// Where an interface stands in the file.
std::size_t place_of(const Topology& topology, NodeId node, const InterfacePlan& interface) {
    const auto& ends = topology.links[index(interface.link)].endpoints;
    const auto end = std::find_if(ends.begin(), ends.end(), [&](auto& candidate) {
        return candidate.node == node && candidate.interface == interface.name;
    });
    return index(interface.link) * 10'000 + static_cast<std::size_t>(end - ends.begin());
}

} // namespace

ReferencePaths::ReferencePaths(const Topology& topology, const Plan& plan, Family family)
    : plan_{plan}, family_{family} {
    const auto pieces = pieces_of(topology);
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        for (const auto& interface : plan.nodes[i].interfaces) {
            for (const auto& address : interface.addresses) {
                if (interface.up && address.family() == family) {
                    const auto link = index(interface.link);
                    ends_.push_back({node_id(i), topology.links[link].cost, pieces[link], address,
                                     interface.name, place_of(topology, node_id(i), interface)});
                }
            }
        }
    }
    std::sort(ends_.begin(), ends_.end(),
              [](const End& left, const End& right) { return left.place < right.place; });
}

std::vector<IpPrefix> ReferencePaths::destinations() const {
    std::set<IpPrefix> found;
    for (const auto& link : plan_.links) {
        found.insert(link.subnets.begin(), link.subnets.end());
    }
    for (const auto& node : plan_.nodes) {
        for (const auto& loopback : node.loopback) {
            found.insert(loopback.subnet());
        }
    }
    std::vector<IpPrefix> ours;
    std::copy_if(found.begin(), found.end(), std::back_inserter(ours),
                 [&](auto& prefix) { return prefix.family() == family_; });
    return ours;
}

bool ReferencePaths::is_connected(NodeId node, const IpPrefix& to) const {
    return std::any_of(ends_.begin(), ends_.end(), [&](const End& end) {
        return end.node == node && end.address.subnet() == to;
    });
}

bool ReferencePaths::owns(NodeId node, const IpPrefix& to) const {
    const auto& loopback = plan_.nodes[index(node)].loopback;
    return std::any_of(loopback.begin(), loopback.end(),
                       [&](auto& address) { return address.subnet() == to; });
}

bool ReferencePaths::has_hosts(const IpPrefix& subnet) const {
    return std::any_of(ends_.begin(), ends_.end(), [&](const End& end) {
        return plan_.nodes[index(end.node)].kind != NodeKind::router &&
               end.address.subnet() == subnet;
    });
}

std::vector<std::optional<std::uint64_t>> ReferencePaths::distances(const IpPrefix& to) const {
    std::vector<std::optional<std::uint64_t>> distance(plan_.nodes.size());
    const auto improve = [&](NodeId node, std::uint64_t found) {
        auto& known = distance[index(node)];
        const bool better = !known || found < *known;
        known = better ? found : *known;
        return better;
    };
    for (std::size_t i = 0; i < distance.size(); ++i) {
        if (owns(node_id(i), to)) {
            distance[i] = 0;
        }
    }
    for (const auto& end : ends_) {
        if (end.address.subnet() == to) {
            improve(end.node, end.cost);
        }
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& in : ends_) {
            const auto passable =
                plan_.nodes[index(in.node)].kind == NodeKind::router || owns(in.node, to);
            if (!passable || !distance[index(in.node)]) {
                continue;
            }
            for (const auto& out : ends_) {
                if (out.piece == in.piece && out.node != in.node) {
                    changed = improve(out.node, out.cost + *distance[index(in.node)]) || changed;
                }
            }
        }
    }
    return distance;
}

std::set<NextHop>
ReferencePaths::next_hops(NodeId node, const IpPrefix& to,
                          const std::vector<std::optional<std::uint64_t>>& distance) const {
    std::set<NextHop> hops;
    std::set<std::pair<std::string, NodeId>> taken; // a neighbour's first address in a domain
    std::vector<const End*> own;
    for (const auto& end : ends_) {
        if (end.node == node) {
            own.push_back(&end);
        }
    }
    for (const auto& in : ends_) {
        const auto passable =
            plan_.nodes[index(in.node)].kind == NodeKind::router || owns(in.node, to);
        if (in.node == node || !passable || !distance[index(in.node)]) {
            continue;
        }
        for (const auto* out : own) {
            if (out->piece == in.piece &&
                distance[index(node)] == out->cost + *distance[index(in.node)] &&
                taken.emplace(out->interface, in.node).second) {
                hops.insert({in.address.address, out->interface});
            }
        }
    }
    return hops;
}

std::optional<NodeId> ReferencePaths::owner(std::size_t piece, const IpAddress& address) const {
    for (const auto& end : ends_) {
        if (end.piece == piece && end.address.address == address) {
            return end.node;
        }
    }
    return std::nullopt;
}

const std::vector<NextHop>* longest_match(const NodePlan& node, const IpAddress& address) {
    const std::vector<NextHop>* best = nullptr;
    int length = -1;
    for (const auto& route : node.routes) {
        if (route.to.length > length && route.to.contains(address)) {
            best = &route.next_hops;
            length = route.to.length;
        }
    }
    return best;
}

} // namespace netlab::test
