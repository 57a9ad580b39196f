#include "plan/static_routes.h"

#include "graph/shortest_paths.h"
#include "plan/compress_routes.h"
#include "plan/explicit_addresses.h"
#include "plan/sum_up_routes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace netlab {

namespace {

/// A node that knows more destinations in one family has a table that is summed up, others one that
/// says exactly what there is.
constexpr std::size_t most_exact_destinations = 256;

/// A prefix to be reached: a subnet, or a node's loopback.
struct Destination {
    IpPrefix to;
    std::optional<NodeId> owner;
    std::uint32_t domain = 0;          ///< of a subnet
    std::vector<std::uint32_t> pieces; ///< of a subnet: where it is, more than one if it is torn
};

class FamilyRoutes {
public:
    FamilyRoutes(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing,
                 Family family)
        : topology_{topology}, addresses_{addresses}, routing_{routing}, family_{family},
          graph_{*routing.families[family].graph},
          destinations_{find_destinations()}, leads_on_{find_domains_that_lead_on()} {
        for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
            if (topology.nodes[i].kind == NodeKind::internet) {
                ways_out_.push_back(node_id(i));
            }
        }
    }

    const RoutedGraph& graph() const { return graph_; }

    /// Whether `node` can reach more than the subnets that it is in. In a long chain of hosts none
    /// can, and each would look at all destinations to find that out.
    bool reaches_beyond(NodeId node) const {
        const auto& own = graph_.of_node(node);
        return std::any_of(own.begin(), own.end(), [&](auto end) {
            return graph_.forwards(node) || leads_on_[graph_.attachments()[end].domain];
        });
    }

    /// The computed routes of `node` along `paths`.
    std::vector<RoutePlan> routes(NodeId node, ShortestPaths& paths,
                                  const std::set<IpPrefix>& by_file) const {
        auto known = known_routes(node, paths);
        const auto way_out = way_to_internet(node, paths);
        const IpPrefix everything{{family_, {}}, 0};
        const bool is_free = !by_file.contains(everything);
        if (!known.empty() && !graph_.forwards(node) && is_free &&
            all_by_one_gateway(known, paths) &&
            way_out.value_or(known.front().hops) == known.front().hops) {
            return {plan(everything, node, paths.hops(known.front().hops))};
        }
        auto planned = compressed(
            known, node, by_file, [&](HopSet set) -> const auto& { return paths.hops(set); });
        if (way_out && is_free) {
            planned.push_back(plan(everything, node, paths.hops(*way_out)));
        }
        return planned;
    }

    /// The default route towards the nearest way out of the lab, if there is one.
    std::optional<RoutePlan> default_route(NodeId node, ShortestPaths& paths) const {
        const auto way_out = way_to_internet(node, paths);
        return way_out ? std::optional{plan({{family_, {}}, 0}, node, paths.hops(*way_out))}
                       : std::nullopt;
    }
    bool has_way_out() const { return !ways_out_.empty(); }

    /// The routes of a host whose only domain has one router: the default route, and the loopbacks
    /// of other hosts there. nullopt if it has no router or several.
    std::optional<std::vector<RoutePlan>> gateway_routes(NodeId host,
                                                         const std::set<IpPrefix>& by_file) const {
        const auto& own = graph_.of_node(host);
        const auto gateway = own.size() == 1 ? only_gateway(host) : std::nullopt;
        if (!gateway) {
            return std::nullopt;
        }
        std::vector<RoutePlan> routes;
        if (const IpPrefix everything{{family_, {}}, 0}; !by_file.contains(everything)) {
            routes.push_back(plan(everything, host, {{own.front(), *gateway}}));
        }
        const auto beside = compressed(loopbacks_beside(host), host, by_file, [&](HopSet in) {
            return std::vector<FirstHop>{{own.front(), in}};
        });
        routes.insert(routes.end(), beside.begin(), beside.end());
        return routes;
    }

private:
    /// The hops to the nearest node that leads to the host's network. Such a node has its own.
    std::optional<HopSet> way_to_internet(NodeId node, ShortestPaths& paths) const {
        std::optional<Reach> nearest;
        if (topology_.nodes[index(node)].kind == NodeKind::internet) {
            return std::nullopt;
        }
        for (const auto out : ways_out_) {
            const auto reach = paths.to_node(out);
            if (reach && reach->hops != 0 && (!nearest || reach->distance < nearest->distance)) {
                nearest = reach;
            }
        }
        return nearest ? std::optional{nearest->hops} : std::nullopt;
    }

    bool all_by_one_gateway(const std::vector<NumberedRoute>& known, ShortestPaths& paths) const {
        const auto first = known.front().hops;
        const auto& hops = paths.hops(first);
        return std::all_of(known.begin(), known.end(),
                           [&](auto& route) { return route.hops == first; }) &&
               std::all_of(hops.begin(), hops.end(), [&](const FirstHop& hop) {
                   return graph_.forwards(graph_.attachments()[hop.in].node);
               });
    }

    /// The first end of the only router in the host's only domain.
    std::optional<std::uint32_t> only_gateway(NodeId host) const {
        std::optional<std::uint32_t> gateway;
        const auto own = graph_.of_node(host).front();
        for (const auto end : graph_.of_domain(graph_.attachments()[own].domain)) {
            const auto node = graph_.attachments()[end].node;
            if (!graph_.forwards(node)) {
                continue;
            }
            if (gateway && graph_.attachments()[*gateway].node != node) {
                return std::nullopt;
            }
            gateway = gateway.value_or(end);
        }
        return gateway;
    }

    /// Loopbacks of the other hosts in the host's only domain, numbered by their first end there.
    std::vector<NumberedRoute> loopbacks_beside(NodeId host) const {
        std::vector<NumberedRoute> found;
        std::set<NodeId> seen{host};
        const auto own = graph_.of_node(host).front();
        for (const auto end : graph_.of_domain(graph_.attachments()[own].domain)) {
            const auto node = graph_.attachments()[end].node;
            if (graph_.forwards(node) || addresses_.loopbacks[index(node)].empty() ||
                !seen.insert(node).second) {
                continue;
            }
            for (const auto& loopback : addresses_.loopbacks[index(node)]) {
                if (loopback.family() == family_) {
                    found.push_back({loopback.subnet(), end});
                }
            }
        }
        std::sort(found.begin(), found.end(),
                  [](auto& left, auto& right) { return left.to < right.to; });
        return found;
    }

    /// `known` without what the file routes itself, in the fewest prefixes; `hops_of` reads the
    /// routes' numbers.
    template <typename HopsOf>
    std::vector<RoutePlan> compressed(const std::vector<NumberedRoute>& known, NodeId node,
                                      const std::set<IpPrefix>& by_file, HopsOf hops_of) const {
        std::vector<NumberedRoute> without;
        if (!by_file.empty()) {
            std::copy_if(known.begin(), known.end(), std::back_inserter(without),
                         [&](auto& route) { return !by_file.contains(route.to); });
        }
        const auto& wanted = by_file.empty() ? known : without;
        // A route of the file could be longer than a sum, and take packets that the sum is for.
        const bool may_sum = std::none_of(by_file.begin(), by_file.end(), [&](const IpPrefix& to) {
            return to.family() == family_ && to.length != 0;
        });
        // What is behind a way out may have addresses that lie between the lab's.
        const bool sums = may_sum && ways_out_.empty() && wanted.size() > most_exact_destinations;
        std::vector<RoutePlan> planned;
        for (const auto& route : sums ? sum_up_routes(wanted) : compress_routes(wanted, by_file)) {
            planned.push_back(plan(route.to, node, hops_of(route.hops)));
        }
        return planned;
    }

    std::vector<Destination> find_destinations() const {
        std::vector<Destination> found;
        std::vector<std::vector<std::uint32_t>> pieces(addresses_.domains.size());
        for (std::uint32_t piece = 0; piece < routing_.domain_of_piece.size(); ++piece) {
            pieces[routing_.domain_of_piece[piece]].push_back(piece);
        }
        for (std::uint32_t i = 0; i < addresses_.domains.size(); ++i) {
            if (const auto& subnet = addresses_.domains[i].subnet[family_]) {
                found.push_back({*subnet, std::nullopt, i, std::move(pieces[i])});
            }
        }
        for (std::size_t i = 0; i < addresses_.loopbacks.size(); ++i) {
            for (const auto& loopback : addresses_.loopbacks[i]) {
                if (loopback.family() == family_) {
                    found.push_back({loopback.subnet(), node_id(i), 0, {}});
                }
            }
        }
        std::sort(found.begin(), found.end(),
                  [](auto& left, auto& right) { return left.to < right.to; });
        return found;
    }

    /// Those with a router or somebody's loopback.
    std::vector<bool> find_domains_that_lead_on() const {
        std::vector<bool> found(graph_.domain_count());
        for (const auto& end : graph_.attachments()) {
            if (graph_.forwards(end.node) || !addresses_.loopbacks[index(end.node)].empty()) {
                found[end.domain] = true;
            }
        }
        return found;
    }

    std::vector<NumberedRoute> known_routes(NodeId node, ShortestPaths& paths) const {
        std::set<std::uint32_t> connected;
        for (const auto end : graph_.of_node(node)) {
            connected.insert(routing_.domain_of_piece[graph_.attachments()[end].domain]);
        }
        std::vector<NumberedRoute> known;
        known.reserve(destinations_.size());
        for (const auto& destination : destinations_) {
            const auto is_own = destination.owner ? *destination.owner == node
                                                  : connected.contains(destination.domain);
            if (is_own) {
                continue;
            }
            if (const auto reach = reach_of(destination, paths); reach && reach->hops != 0) {
                known.push_back({destination.to, reach->hops});
            }
        }
        return known;
    }

    static std::optional<Reach> reach_of(const Destination& destination, ShortestPaths& paths) {
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

    RoutePlan plan(const IpPrefix& to, NodeId node, const std::vector<FirstHop>& hops) const {
        const auto& ends = routing_.families[family_].ends;
        RoutePlan route;
        route.to = to;
        for (const auto& [out, in] : hops) {
            const auto own = out == FirstHop::any_end ? graph_.of_node(node).front() : out;
            route.next_hops.push_back({addresses_.at(ends[in], family_)->address,
                                       endpoint(topology_, ends[own]).interface});
        }
        std::sort(route.next_hops.begin(), route.next_hops.end());
        return route;
    }

    const Topology& topology_;
    const AddressPlan& addresses_;
    const RoutingPlan& routing_;
    Family family_;
    const RoutedGraph& graph_;
    std::vector<Destination> destinations_;
    std::vector<bool> leads_on_; ///< by domain of the graph
    std::vector<NodeId> ways_out_;
};

/// Runs Dijkstra's algorithm as seldom as can be: once for both families where they agree, once for
/// all hosts of a domain, never for a host with one gateway.
class PathCache {
public:
    ShortestPaths& paths(const RoutedGraph& graph, NodeId node) {
        const auto& own = graph.of_node(node);
        const auto domain = graph.attachments()[own.front()].domain;
        if (!graph.forwards(node) && own.size() == 1 && graph.is_transit(domain)) {
            const auto key = std::pair{&graph, domain};
            auto known = by_domain_.find(key);
            if (known == by_domain_.end()) {
                known = by_domain_.emplace(key, ShortestPaths::from_domain(graph, domain)).first;
            }
            return known->second;
        }
        if (graph_ != &graph || node_ != node) {
            latest_.emplace(ShortestPaths::from_node(graph, node));
            graph_ = &graph;
            node_ = node;
        }
        return *latest_;
    }

private:
    std::map<std::pair<const RoutedGraph*, std::uint32_t>, ShortestPaths> by_domain_;
    std::optional<ShortestPaths> latest_;
    const RoutedGraph* graph_ = nullptr;
    std::optional<NodeId> node_;
};

void add_routes(const FamilyRoutes& family, NodeId node, PathCache& cache,
                const std::set<IpPrefix>& by_file, std::vector<RoutePlan>& routes) {
    const auto& graph = family.graph();
    if (!family.reaches_beyond(node)) {
        return;
    }
    auto found = graph.forwards(node) ? std::nullopt : family.gateway_routes(node, by_file);
    if (!found) {
        found = family.routes(node, cache.paths(graph, node), by_file);
    }
    for (auto& route : *found) {
        routes.push_back(std::move(route));
    }
}

/// Of a router with routing daemons, which know nothing beyond the lab.
void add_way_out(const FamilyRoutes& family, NodeId node, PathCache& cache,
                 const std::set<IpPrefix>& by_file, std::vector<RoutePlan>& routes) {
    const auto& graph = family.graph();
    if (!family.has_way_out() || graph.of_node(node).empty()) {
        return;
    }
    auto route = family.default_route(node, cache.paths(graph, node));
    if (route && !by_file.contains(route->to)) {
        routes.push_back(std::move(*route));
    }
}

} // namespace

void add_static_routes(const Topology& topology, const AddressPlan& addresses,
                       const RoutingPlan& routing, std::vector<std::vector<RoutePlan>>& routes) {
    const PerFamily<FamilyRoutes> of{{FamilyRoutes{topology, addresses, routing, Family::ipv4},
                                      FamilyRoutes{topology, addresses, routing, Family::ipv6}}};
    PathCache cache;
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        const auto& daemons = topology.nodes[i].daemons;
        std::set<IpPrefix> by_file;
        for (const auto& route : routes[i]) {
            by_file.insert(route.to);
        }
        for (const auto family : families) {
            if (!daemons.any() || (daemons.static_routes && daemons.protocols(family) == 0)) {
                add_routes(of[family], node_id(i), cache, by_file, routes[i]);
            } else {
                add_way_out(of[family], node_id(i), cache, by_file, routes[i]);
            }
        }
        std::sort(routes[i].begin(), routes[i].end(), [](auto& left, auto& right) {
            return std::tie(left.to, left.metric) < std::tie(right.to, right.metric);
        });
    }
}

} // namespace netlab
