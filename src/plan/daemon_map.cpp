#include "plan/daemon_map.h"

#include "plan/explicit_addresses.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace netlab {

namespace {

bool speaks(const Node& node, Protocol protocol) {
    return protocol == Protocol::ospf ? node.daemons.ospf : node.daemons.bgp;
}

/// Which routers reach each other through routers of the protocol: a set is known by its first
/// node.
class Sets {
public:
    explicit Sets(std::size_t count) : parents_(count) {
        std::iota(parents_.begin(), parents_.end(), std::size_t{0});
    }
    std::size_t find(std::size_t node) {
        while (parents_[node] != node) {
            node = parents_[node] = parents_[parents_[node]];
        }
        return node;
    }
    void join(std::size_t one, std::size_t other) {
        one = find(one);
        other = find(other);
        parents_[std::max(one, other)] = std::min(one, other);
    }

private:
    std::vector<std::size_t> parents_;
};

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
        return routers_[index(graph_.attachments()[attachment].node)].runs;
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
            sets_.join(index(graph_.attachments()[speakers.front()].node), index(node));
            if (protocol_ == Protocol::bgp && speakers.size() <= most_bgp_speakers) {
                name_neighbors(node, speakers, interface.neighbors[family_]);
            }
            routers_[index(node)].is_crowded[family_] |=
                protocol_ == Protocol::bgp && speakers.size() > most_bgp_speakers;
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
    std::set<IpPrefix> own_prefixes(std::size_t node) const {
        std::set<IpPrefix> own;
        for (const auto attachment : graph_.of_node(node_id(node))) {
            own.insert(addresses_.at(end_of(attachment), family_)->subnet());
        }
        for (const auto& loopback : addresses_.loopbacks[node]) {
            if (loopback.family() == family_) {
                own.insert(loopback.subnet());
            }
        }
        return own;
    }

    void count_prefixes() {
        std::map<std::size_t, std::set<IpPrefix>> by_set;
        for (std::size_t i = 0; i < routers_.size(); ++i) {
            if (routers_[i].runs) {
                by_set[sets_.find(i)].merge(own_prefixes(i));
            }
        }
        for (std::size_t i = 0; i < routers_.size(); ++i) {
            if (routers_[i].runs) {
                routers_[i].learns[family_] = by_set[sets_.find(i)].size() - own_prefixes(i).size();
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
    Sets sets_{routers_.size()};
};

} // namespace

std::vector<DaemonRouter> map_daemons(const Topology& topology, const AddressPlan& addresses,
                                      const RoutingPlan& routing, Protocol protocol) {
    std::vector<DaemonRouter> routers(topology.nodes.size());
    for (std::size_t i = 0; i < routers.size(); ++i) {
        routers[i].runs = speaks(topology.nodes[i], protocol);
    }
    Interfaces interfaces;
    for (const auto family : families) {
        FamilyMap{topology, addresses, routing, protocol, family, interfaces, routers}.draw();
    }
    return routers;
}

} // namespace netlab
