#include "plan/static_routes.h"

#include "plan/compress_routes.h"
#include "plan/destinations.h"
#include "plan/explicit_addresses.h"
#include "plan/path_cache.h"
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

class FamilyRoutes {
public:
    FamilyRoutes(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing,
                 Family family)
        : topology_{topology}, addresses_{addresses}, routing_{routing}, family_{family},
          graph_{*routing.families[family].graph}, destinations_{find_destinations(
                                                       addresses, routing, family)},
          leads_on_{find_domains_that_lead_on()} {
        for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
            if (topology.nodes[i].kind == NodeKind::internet) {
                ways_out_.push_back(node_id(i));
            }
        }
        connected_ = destinations_.size() > most_exact_destinations && is_connected();
    }

    const RoutedGraph& graph() const { return graph_; }

    /// The one sum for a router with one neighbour, which leads to everything; nullopt if it has
    /// none, several, or too few destinations for sums. In a tree every other router is one.
    std::optional<RoutePlan> only_route(NodeId node, const std::set<IpPrefix>& by_file) const {
        const auto own = graph_.of_node(node).size() + addresses_.loopbacks[index(node)].size();
        if (!connected_ || !by_file.empty() || !ways_out_.empty() ||
            destinations_.size() <= most_exact_destinations + own) {
            return std::nullopt;
        }
        const auto exit = only_exit(node);
        if (!exit) {
            return std::nullopt;
        }
        const auto domains = own_domains(node);
        const auto is_other = [&](const Destination& to) { return !is_own(node, domains, to); };
        const auto first = std::find_if(destinations_.begin(), destinations_.end(), is_other);
        const auto last = std::find_if(destinations_.rbegin(), destinations_.rend(), is_other);
        const auto sums = sum_up_routes({{first->to, 0}, {last->to, 0}});
        return sums.size() == 1 ? std::optional{plan(sums.front().to, node, {*exit})}
                                : std::nullopt;
    }

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

    /// Whether a router reaches every destination, and so each router does.
    bool is_connected() const {
        for (std::size_t i = 0; i < topology_.nodes.size(); ++i) {
            if (graph_.forwards(node_id(i)) && !graph_.of_node(node_id(i)).empty()) {
                auto paths = ShortestPaths::from_node(graph_, node_id(i));
                return std::all_of(destinations_.begin(), destinations_.end(),
                                   [&](auto& to) { return reach_of(to, paths).has_value(); });
            }
        }
        return false;
    }

    /// The way to the only neighbour of a router that anything lies behind, or that is a
    /// destination itself.
    std::optional<FirstHop> only_exit(NodeId node) const {
        std::optional<FirstHop> exit;
        for (const auto out : graph_.of_node(node)) {
            for (const auto in : graph_.of_domain(graph_.attachments()[out].domain)) {
                const auto other = graph_.attachments()[in].node;
                const bool is_end = !graph_.forwards(other) && graph_.of_node(other).size() == 1 &&
                                    addresses_.loopbacks[index(other)].empty();
                if (other == node || is_end) {
                    continue;
                }
                if (exit || !graph_.forwards(other)) {
                    return std::nullopt;
                }
                exit = FirstHop{out, in};
            }
        }
        return exit;
    }

    std::set<std::uint32_t> own_domains(NodeId node) const {
        std::set<std::uint32_t> domains;
        for (const auto end : graph_.of_node(node)) {
            domains.insert(routing_.domain_of_piece[graph_.attachments()[end].domain]);
        }
        return domains;
    }

    static bool is_own(NodeId node, const std::set<std::uint32_t>& domains, const Destination& to) {
        return to.owner ? *to.owner == node : domains.contains(to.domain);
    }

    std::vector<NumberedRoute> known_routes(NodeId node, ShortestPaths& paths) const {
        const auto domains = own_domains(node);
        std::vector<NumberedRoute> known;
        known.reserve(destinations_.size());
        for (const auto& destination : destinations_) {
            if (is_own(node, domains, destination)) {
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
    bool connected_ = false; ///< each router reaches every destination; asked of many only
};

void add_routes(const FamilyRoutes& family, NodeId node, PathCache& cache,
                const std::set<IpPrefix>& by_file, std::vector<RoutePlan>& routes) {
    const auto& graph = family.graph();
    if (!family.reaches_beyond(node)) {
        return;
    }
    if (graph.forwards(node)) {
        if (auto route = family.only_route(node, by_file)) {
            routes.push_back(std::move(*route));
            return;
        }
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
