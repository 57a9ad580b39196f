#include "plan/daemon_map.h"

#include "graph/routed_parts.h"
#include "plan/explicit_addresses.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>

namespace netlab {

namespace {

bool speaks(const Daemons& daemons, Protocol protocol, Family family) {
    switch (protocol) {
    case Protocol::ospf:
        return family == Family::ipv4 ? daemons.ospf : daemons.ospf6;
    case Protocol::bgp:
        return daemons.bgp;
    case Protocol::isis:
        return daemons.isis;
    case Protocol::rip:
        break;
    }
    return daemons.rip;
}

/// Where the interface of an end (link and number) is among its router's.
using Interfaces = std::map<std::pair<std::size_t, std::uint32_t>, std::size_t>;

/// One family's half of the map.
class FamilyMap {
public:
    FamilyMap(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing,
              Protocol protocol, Family family, Interfaces& interfaces,
              std::vector<DaemonRouter>& routers)
        : topology_(topology), addresses_(addresses), routing_(routing), protocol_(protocol),
          family_(family), graph_(*routing.families[family].graph), interfaces_(interfaces),
          routers_(routers) {}

    void draw() {
        for (std::uint32_t piece = 0; piece < graph_.domain_count(); ++piece) {
            join_neighbors(piece);
        }
        count_prefixes();
    }

private:
    const EndId& end_of(std::uint32_t attachment) const {
        return routing_.families[family_].ends[attachment];
    }
    bool runs(std::uint32_t attachment) const {
        return routers_[index(graph_.attachments()[attachment].node)].runs[family_];
    }

    DaemonInterface& interface_of(std::uint32_t attachment) {
        const auto& attached = graph_.attachments()[attachment];
        const auto& end = end_of(attachment);
        auto& all = routers_[index(attached.node)].interfaces;
        const auto [known, is_new] =
            interfaces_.try_emplace(std::pair{index(end.link), end.end}, all.size());
        if (is_new) {
            auto& made = all.emplace_back();
            made.name = endpoint(topology_, end).interface;
            made.cost = attached.cost;
            made.piece = attached.domain;
        }
        return all[known->second];
    }

    void join_neighbors(std::uint32_t piece) {
        std::vector<std::uint32_t> speakers;
        std::ranges::copy_if(graph_.of_domain(piece), std::back_inserter(speakers),
                             [&](std::uint32_t attachment) { return runs(attachment); });
        for (const auto one : speakers) {
            const auto node = graph_.attachments()[one].node;
            auto& interface = interface_of(one);
            interface.has_address[family_] = true;
            interface.others[family_] = static_cast<std::uint32_t>(speakers.size() - 1);
            interface.meets[family_] = std::ranges::any_of(speakers, [&](std::uint32_t other) {
                return graph_.attachments()[other].node != node;
            });
            if (protocol_ == Protocol::bgp && speakers.size() <= most_bgp_speakers) {
                name_neighbors(node, speakers, interface.neighbors[family_]);
            }
        }
    }

    /// By each router's first end there: two sessions between two routers are one too many.
    void name_neighbors(NodeId node, const std::vector<std::uint32_t>& speakers,
                        std::vector<Neighbor>& neighbors) {
        std::set<NodeId> named{node};
        const auto is_nodes = [&](std::uint32_t attachment) {
            return graph_.attachments()[attachment].node == node;
        };
        if (std::ranges::count_if(speakers, is_nodes) > 1 &&
            !first_end_.insert({node, speakers.front()}).second) {
            return;
        }
        for (const auto other : speakers) {
            const auto neighbor = graph_.attachments()[other].node;
            if (named.insert(neighbor).second) {
                neighbors.push_back({neighbor, addresses_.at(end_of(other), family_)->address});
            }
        }
    }

    /// The subnets and loopbacks that a router is joined to.
    std::set<IpPrefix> own_prefixes(NodeId node) const {
        std::set<IpPrefix> own;
        for (const auto attachment : graph_.of_node(node)) {
            own.insert(addresses_.at(end_of(attachment), family_)->subnet());
        }
        for (const auto& loopback : addresses_.loopbacks[index(node)]) {
            if (loopback.family() == family_) {
                own.insert(loopback.subnet());
            }
        }
        return own;
    }

    /// How many routers away each router is that can be reached.
    std::map<NodeId, std::uint32_t> hops_from(NodeId from) const {
        std::map<NodeId, std::uint32_t> hops{{from, 0}};
        std::set<std::uint32_t> crossed;
        for (std::deque<NodeId> next{from}; !next.empty(); next.pop_front()) {
            const auto here = hops[next.front()];
            for (const auto out : graph_.of_node(next.front())) {
                const auto piece = graph_.attachments()[out].domain;
                if (!crossed.insert(piece).second) {
                    continue;
                }
                for (const auto in : graph_.of_domain(piece)) {
                    const auto node = graph_.attachments()[in].node;
                    if (runs(in) && hops.try_emplace(node, here + 1).second) {
                        next.push_back(node);
                    }
                }
            }
        }
        return hops;
    }

    void count_near_prefixes(NodeId node) {
        std::set<IpPrefix> known;
        for (const auto& [other, away] : hops_from(node)) {
            if (away <= most_rip_hops) {
                known.merge(own_prefixes(other));
            } else {
                routers_[index(node)].too_far = other;
            }
        }
        routers_[index(node)].learns[family_] = known.size() - own_prefixes(node).size();
    }

    /// Routers of a protocol reach each other as if nothing else forwarded.
    void count_prefixes() {
        std::vector<bool> speak;
        std::ranges::transform(routers_, std::back_inserter(speak),
                               [&](const auto& router) { return router.runs[family_]; });
        if (protocol_ == Protocol::rip) {
            for (std::size_t i = 0; i < speak.size(); ++i) {
                if (speak[i]) {
                    count_near_prefixes(node_id(i));
                }
            }
            return;
        }
        const RoutedGraph spoken{speak, graph_.domain_count(), graph_.attachments()};
        for (auto part : routed_parts(spoken, spoken)) {
            std::erase_if(part, [&](NodeId node) { return !speak[index(node)]; });
            std::set<IpPrefix> known;
            for (const auto node : part) {
                const auto own = own_prefixes(node);
                known.insert(own.begin(), own.end());
                routers_[index(node)].learns[family_] = own.size();
            }
            for (const auto node : part) {
                auto& learns = routers_[index(node)].learns[family_];
                learns = known.size() - learns;
            }
        }
    }

    const Topology& topology_;
    const AddressPlan& addresses_;
    const RoutingPlan& routing_;
    Protocol protocol_;
    Family family_;
    const RoutedGraph& graph_;
    Interfaces& interfaces_;
    std::set<std::pair<NodeId, std::uint32_t>> first_end_; ///< routers with several ends in a piece
    std::vector<DaemonRouter>& routers_;
};

/// A protocol that runs below IP meets all of them.
void count_others(std::vector<DaemonRouter>& routers) {
    std::map<std::uint32_t, std::uint32_t> in_piece;
    for (const auto& router : routers) {
        for (const auto& interface : router.interfaces) {
            ++in_piece[interface.piece];
        }
    }
    for (auto& router : routers) {
        for (auto& interface : router.interfaces) {
            interface.most_others = in_piece[interface.piece] - 1;
        }
    }
}

} // namespace

std::vector<DaemonRouter> map_daemons(const Topology& topology, const AddressPlan& addresses,
                                      const RoutingPlan& routing, Protocol protocol) {
    std::vector<DaemonRouter> routers(topology.nodes.size());
    for (std::size_t i = 0; i < routers.size(); ++i) {
        for (const auto family : families) {
            routers[i].runs[family] = speaks(topology.nodes[i].daemons, protocol, family);
        }
    }
    Interfaces interfaces;
    for (const auto family : families) {
        FamilyMap{topology, addresses, routing, protocol, family, interfaces, routers}.draw();
    }
    count_others(routers);
    return routers;
}

} // namespace netlab
