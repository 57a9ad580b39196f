#include "plan/family_routes.h"

#include "plan/compress_routes.h"
#include "plan/explicit_addresses.h"

#include <algorithm>
#include <cstdint>

namespace netlab {

namespace {

/// A node that knows more destinations in one family has a table that is summed up, others one that
/// says exactly what there is.
constexpr std::size_t most_exact_destinations = 256;

} // namespace

FamilyRoutes::FamilyRoutes(const Topology& topology, const AddressPlan& addresses,
                           const RoutingPlan& routing, const Destinations& destinations,
                           Family family)
    : topology_{topology}, addresses_{addresses}, routing_{routing}, destinations_{destinations},
      graph_{destinations.graph()}, family_{family}, leads_on_{find_domains_that_lead_on()} {
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        if (topology.nodes[i].kind == NodeKind::internet) {
            ways_out_.push_back(node_id(i));
        }
    }
    connected_ = destinations_.size() > most_exact_destinations && is_connected();
}

void FamilyRoutes::add_routes(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                              RouteTable& routes) const {
    if (!reaches_beyond(node)) {
        return;
    }
    const bool done = graph_.forwards(node) ? add_only_route(node, by_file, routes)
                                            : add_gateway_routes(node, by_file, routes);
    if (!done) {
        add_computed(node, search, by_file, routes);
    }
}

void FamilyRoutes::add_way_out(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                               RouteTable& routes) const {
    const IpPrefix everything{{family_, {}}, 0};
    if (ways_out_.empty() || graph_.of_node(node).empty() || by_file.contains(everything)) {
        return;
    }
    auto& paths = search.paths(node, family_);
    if (const auto hops = way_to_internet(node, paths)) {
        add(everything, node, paths.hops(*hops), routes);
    }
}

/// Whether `node` can reach more than the subnets that it is in. In a long chain of hosts none
/// can, and each would look at all destinations to find that out.
bool FamilyRoutes::reaches_beyond(NodeId node) const {
    const auto& own = graph_.of_node(node);
    return std::any_of(own.begin(), own.end(), [&](auto end) {
        return graph_.forwards(node) || leads_on_[graph_.attachments()[end].domain];
    });
}

/// The one sum for a router with one neighbour, which leads to everything; false if it has
/// none, several, or too few destinations for sums. In a tree every other router is one.
bool FamilyRoutes::add_only_route(NodeId node, const std::set<IpPrefix>& by_file,
                                  RouteTable& routes) const {
    const auto own = graph_.of_node(node).size() + addresses_.loopbacks[index(node)].size();
    if (!connected_ || !by_file.empty() || !ways_out_.empty() ||
        destinations_.size() <= most_exact_destinations + own) {
        return false;
    }
    const auto exit = only_exit(node);
    if (!exit) {
        return false;
    }
    const auto domains = own_domains(node);
    const auto is_other = [&](const Destination& to) {
        return to.owner ? *to.owner != node : !domains.contains(to.domain);
    };
    const auto& all = destinations_.all();
    const auto first = std::find_if(all.begin(), all.end(), is_other);
    const auto last = std::find_if(all.rbegin(), all.rend(), is_other);
    const auto sums = sum_up_routes({{first->to, 0}, {last->to, 0}});
    if (sums.size() == 1) {
        add(sums.front().to, node, {*exit}, routes);
    }
    return sums.size() == 1;
}

/// The way to the only neighbour of a router that anything lies behind, or that is a
/// destination itself.
std::optional<FirstHop> FamilyRoutes::only_exit(NodeId node) const {
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

/// The routes of a host whose only domain has one router: the default route, and the loopbacks
/// of other hosts there. False if it has no router or several.
bool FamilyRoutes::add_gateway_routes(NodeId host, const std::set<IpPrefix>& by_file,
                                      RouteTable& routes) const {
    const auto& own = graph_.of_node(host);
    const auto gateway = own.size() == 1 ? only_gateway(host) : std::nullopt;
    if (!gateway) {
        return false;
    }
    if (const IpPrefix everything{{family_, {}}, 0}; !by_file.contains(everything)) {
        add(everything, host, {{own.front(), *gateway}}, routes);
    }
    auto beside = loopbacks_beside(host);
    std::erase_if(beside, [&](auto& route) { return by_file.contains(route.to); });
    for (const auto& [to, in] : compress_routes(beside, by_file)) {
        add(to, host, {{own.front(), in}}, routes);
    }
    return true;
}

/// The first end of the only router in the host's only domain.
std::optional<std::uint32_t> FamilyRoutes::only_gateway(NodeId host) const {
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
std::vector<NumberedRoute> FamilyRoutes::loopbacks_beside(NodeId host) const {
    std::vector<NumberedRoute> found;
    const auto own = graph_.of_node(host).front();
    for (const auto end : graph_.of_domain(graph_.attachments()[own].domain)) {
        const auto node = graph_.attachments()[end].node;
        if (node == host || graph_.forwards(node) || graph_.first_end(end) != end) {
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

/// The routes of `node` along its shortest paths.
void FamilyRoutes::add_computed(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                                RouteTable& routes) const {
    auto& paths = search.paths(node, family_);
    const auto& hops = search.hops(node, family_);
    const auto known = search.known(node, family_);
    const auto way_out = way_to_internet(node, paths);
    const IpPrefix everything{{family_, {}}, 0};
    const bool is_free = !by_file.contains(everything);
    if (known != 0 && !graph_.forwards(node) && is_free && all_by_one_gateway(hops, paths)) {
        const auto first =
            *std::find_if(hops.begin(), hops.end(), [](auto set) { return set != 0; });
        if (way_out.value_or(first) == first) {
            add(everything, node, paths.hops(first), routes);
            return;
        }
    }
    if (known > most_exact_destinations && may_sum(by_file)) {
        add_sums(node, search, routes);
    } else {
        for (const auto& [to, set] : compressed(node, search, by_file)) {
            add(to, node, paths.hops(set), routes);
        }
    }
    if (way_out && is_free) {
        add(everything, node, paths.hops(*way_out), routes);
    }
}

void FamilyRoutes::add_sums(NodeId node, RouteSearch& search, RouteTable& routes) const {
    constexpr auto none = std::uint32_t(-1);
    auto& paths = search.paths(node, family_);
    const auto& sums = search.sums(node, family_);
    std::vector<std::uint32_t> ways(paths.set_count(), none);
    routes.make_room_for(sums.size());
    for (const auto& [place, set] : sums) {
        if (ways[set] == none) {
            ways[set] = routes.add_way(next_hops(node, paths.hops(set)));
        }
        routes.add(destinations_.tree().prefix(place), ways[set]);
    }
}

bool FamilyRoutes::may_sum(const std::set<IpPrefix>& by_file) const {
    // What is behind a way out may have addresses that lie between the lab's. A route of the file
    // could be longer than a sum, and take packets that the sum is for.
    return ways_out_.empty() &&
           std::none_of(by_file.begin(), by_file.end(), [&](const IpPrefix& to) {
               return to.family() == family_ && to.length != 0;
           });
}

/// What is known, without what the file routes itself, in halves that are joined.
std::vector<NumberedRoute> FamilyRoutes::compressed(NodeId node, RouteSearch& search,
                                                    const std::set<IpPrefix>& by_file) const {
    const auto& hops = search.hops(node, family_);
    std::vector<NumberedRoute> known;
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const auto& to = destinations_.all()[i].to;
        if (hops[i] != 0 && !by_file.contains(to)) {
            known.push_back({to, hops[i]});
        }
    }
    return compress_routes(known, by_file);
}

/// The hops to the nearest node that leads to the host's network. Such a node has its own.
std::optional<HopSet> FamilyRoutes::way_to_internet(NodeId node, ShortestPaths& paths) const {
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

/// Whether all that is known is by the same hops, which are all routers.
bool FamilyRoutes::all_by_one_gateway(const std::vector<HopSet>& hops,
                                      const ShortestPaths& paths) const {
    HopSet only = 0;
    for (const auto set : hops) {
        if (set != 0 && only != 0 && set != only) {
            return false;
        }
        only = set != 0 ? set : only;
    }
    const auto first = paths.hops(only);
    return std::all_of(first.begin(), first.end(), [&](const FirstHop& hop) {
        return graph_.forwards(graph_.attachments()[hop.in].node);
    });
}

/// Whether a router reaches every destination, and so each router does.
bool FamilyRoutes::is_connected() const {
    for (std::size_t i = 0; i < topology_.nodes.size(); ++i) {
        if (graph_.forwards(node_id(i)) && !graph_.of_node(node_id(i)).empty()) {
            auto paths = ShortestPaths::from_node(graph_, node_id(i));
            const auto& all = destinations_.all();
            return std::all_of(all.begin(), all.end(), [&](auto& to) {
                return destinations_.reach(to, paths).has_value();
            });
        }
    }
    return false;
}

/// Those with a router or somebody's loopback.
std::vector<bool> FamilyRoutes::find_domains_that_lead_on() const {
    std::vector<bool> found(graph_.domain_count());
    for (const auto& end : graph_.attachments()) {
        if (graph_.forwards(end.node) || !addresses_.loopbacks[index(end.node)].empty()) {
            found[end.domain] = true;
        }
    }
    return found;
}

std::set<std::uint32_t> FamilyRoutes::own_domains(NodeId node) const {
    std::set<std::uint32_t> domains;
    for (const auto end : graph_.of_node(node)) {
        domains.insert(routing_.domain_of_piece[graph_.attachments()[end].domain]);
    }
    return domains;
}

std::vector<NextHop> FamilyRoutes::next_hops(NodeId node, const std::vector<FirstHop>& hops) const {
    const auto& ends = routing_.families[family_].ends;
    std::vector<NextHop> found;
    for (const auto& [out, in] : hops) {
        const auto own = out == FirstHop::any_end ? graph_.of_node(node).front() : out;
        found.push_back(
            {addresses_.at(ends[in], family_)->address, endpoint(topology_, ends[own]).interface});
    }
    std::sort(found.begin(), found.end());
    return found;
}

void FamilyRoutes::add(const IpPrefix& to, NodeId node, const std::vector<FirstHop>& hops,
                       RouteTable& routes) const {
    routes.add(to, routes.add_way(next_hops(node, hops)));
}

} // namespace netlab
