#include "plan/destinations.h"

#include <algorithm>
#include <utility>

namespace netlab {

namespace {

bool has_routers_only(const RoutedGraph& graph, const std::vector<std::uint32_t>& pieces) {
    return std::all_of(pieces.begin(), pieces.end(), [&](std::uint32_t piece) {
        const auto& ends = graph.of_domain(piece);
        return std::all_of(ends.begin(), ends.end(), [&](std::uint32_t end) {
            return graph.forwards(graph.attachments()[end].node);
        });
    });
}

std::vector<Destination> find_destinations(const AddressPlan& addresses, const RoutingPlan& routing,
                                           Family family) {
    std::vector<Destination> found;
    std::vector<std::vector<std::uint32_t>> pieces(addresses.domains.size());
    for (std::uint32_t piece = 0; piece < routing.domain_of_piece.size(); ++piece) {
        pieces[routing.domain_of_piece[piece]].push_back(piece);
    }
    for (std::uint32_t i = 0; i < addresses.domains.size(); ++i) {
        if (const auto& subnet = addresses.domains[i].subnet[family]) {
            found.push_back({*subnet, std::nullopt, i, std::move(pieces[i])});
        }
    }
    for (std::size_t i = 0; i < addresses.loopbacks.size(); ++i) {
        for (const auto& loopback : addresses.loopbacks[i]) {
            if (loopback.family() == family) {
                found.push_back({loopback.subnet(), node_id(i), 0, {}});
            }
        }
    }
    std::sort(found.begin(), found.end(),
              [](auto& left, auto& right) { return left.to < right.to; });
    return found;
}

} // namespace

Destinations::Destinations(const AddressPlan& addresses, const RoutingPlan& routing, Family family)
    : routing_{&routing}, graph_{routing.families[family].graph.get()},
      all_{find_destinations(addresses, routing, family)}, tree_{prefixes()} {
    find_vertices(addresses.domains.size());
}

std::vector<IpPrefix> Destinations::prefixes() const {
    std::vector<IpPrefix> found;
    found.reserve(all_.size());
    for (const auto& destination : all_) {
        found.push_back(destination.to);
    }
    return found;
}

void Destinations::find_vertices(std::size_t domains) {
    const auto nobodys = static_cast<std::uint32_t>(graph_->vertex_count() - 1);
    vertex_.assign(all_.size(), nobodys);
    of_domain_.assign(domains, static_cast<std::uint32_t>(all_.size()));
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
        const auto& destination = all_[i];
        routers_only_.push_back(
            !destination.owner && has_routers_only(*graph_, destination.pieces) ? 1 : 0);
        if (!destination.owner) {
            of_domain_[destination.domain] = i;
        }
        if (destination.owner ? !graph_->forwards(*destination.owner)
                              : destination.pieces.size() > 1) {
            special_.push_back(i);
        } else if (destination.owner) {
            vertex_[i] = static_cast<std::uint32_t>(index(*destination.owner));
        } else if (!destination.pieces.empty()) {
            vertex_[i] = graph_->vertex_of(destination.pieces.front());
        }
    }
}

bool Destinations::are_like(const Destinations& other) const {
    return graph_ == other.graph_ &&
           std::equal(all_.begin(), all_.end(), other.all_.begin(), other.all_.end(),
                      [](const Destination& left, const Destination& right) {
                          return left.owner == right.owner && left.domain == right.domain;
                      }) &&
           tree_.is_like(other.tree_);
}

std::size_t Destinations::find_hops(NodeId node, ShortestPaths& paths,
                                    std::vector<HopSet>& hops) const {
    hops.resize(all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) {
        hops[i] = paths.to_vertex(vertex_[i]);
    }
    for (const auto i : special_) {
        const auto found = all_[i].owner == node ? std::nullopt : reach(all_[i], paths);
        hops[i] = found ? found->hops : 0;
    }
    for (const auto end : graph_->of_node(node)) {
        const auto own = of_domain_[routing_->domain_of_piece[graph_->attachments()[end].domain]];
        if (own < hops.size()) {
            hops[own] = 0;
        }
    }
    return hops.size() - static_cast<std::size_t>(std::count(hops.begin(), hops.end(), HopSet{0}));
}

std::optional<Reach> Destinations::reach(const Destination& destination,
                                         ShortestPaths& paths) const {
    if (destination.owner) {
        return paths.to_node(*destination.owner);
    }
    std::optional<Reach> nearest;
    for (const auto piece : destination.pieces) {
        const auto reach = paths.to_domain(piece);
        if (reach && (!nearest || reach->distance < nearest->distance)) {
            nearest = reach;
        }
    }
    return nearest;
}

} // namespace netlab
