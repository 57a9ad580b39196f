#include "plan/file_routes.h"

#include "plan/address_rules.h"
#include "plan/explicit_addresses.h"
#include "plan/joined_ends.h"

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Works out the routes of one node.
class NodeRoutes {
public:
    NodeRoutes(const Topology& topology, const AddressPlan& addresses, const JoinedEnds& joined,
               NodeId node, Diagnostics& diagnostics)
        : topology_{topology}, addresses_{addresses}, joined_{joined}, id_{node},
          node_{topology.nodes[index(node)]}, diagnostics_{diagnostics} {
        if (node_.routes.empty()) {
            return;
        }
        for (const auto end : joined.of(node)) {
            by_interface_.emplace(endpoint(topology, end).interface, end);
            for (const auto family : families) {
                if (const auto& own = addresses.at(end, family)) {
                    addressed_[family].push_back(end);
                    by_subnet_[family].emplace(own->subnet(), end);
                    lengths_[family].insert(own->length);
                }
                const auto domain = addresses.domain_of[index(end.link)];
                uncertain_[family] =
                    uncertain_[family] || addresses.domains[domain].uncertain[family];
            }
        }
    }

    std::vector<RoutePlan> run() {
        for (const auto& request : node_.routes) {
            if (node_.kind == NodeKind::network_switch) {
                diagnostics_.error(request.span, "a switch routes nothing",
                                   "give the route to a host or a router");
            } else if (check_interface(request)) {
                add(request);
            }
        }
        return std::move(routes_);
    }

private:
    bool check_interface(const RouteRequest& request) {
        if (request.interface.empty() || by_interface_.contains(request.interface)) {
            return true;
        }
        diagnostics_.error(
            request.span, fmt::format("'{}' has no interface '{}'", node_.name, request.interface));
        return false;
    }

    void add(const RouteRequest& request) {
        if (const auto* address = std::get_if<IpAddress>(&request.via)) {
            add_via_address(request, *address);
        } else if (const auto* node = std::get_if<NodeId>(&request.via)) {
            add_via_node(request, *node);
        } else {
            add_on_interface(request);
        }
    }

    /// The own end that the route may leave through, if it says one.
    std::optional<EndId> said_end(const RouteRequest& request) const {
        const auto found = by_interface_.find(request.interface);
        return found == by_interface_.end() ? std::nullopt : std::optional{found->second};
    }

    void add_on_interface(const RouteRequest& request) {
        const auto end = said_end(request);
        if (!end) {
            diagnostics_.error(request.span, "this route does not say where it goes",
                               R"(add "via" (an address or a node) or "interface")");
            return;
        }
        for (const auto family : families) {
            if (request.to ? request.to->family() == family
                           : addresses_.at(*end, family).has_value()) {
                add_route(request, family, std::nullopt, *end);
            }
        }
    }

    void add_via_address(const RouteRequest& request, const IpAddress& via) {
        const auto family = via.family;
        if (request.to && request.to->family() != family) {
            diagnostics_.error(request.span,
                               fmt::format("{} cannot be reached via {}: one is IPv4, the other "
                                           "IPv6",
                                           to_string(*request.to), to_string(via)));
            return;
        }
        if (const auto end = end_towards(request, via)) {
            const auto& own = addresses_.at(*end, family);
            const auto role = not_for_interfaces(via, own->subnet());
            if (own->address == via || !role.empty()) {
                diagnostics_.error(request.span,
                                   fmt::format("a route of '{}' cannot go via {}: it is {}",
                                               node_.name, to_string(via),
                                               role.empty() ? "its own address" : role));
                return;
            }
            add_route(request, family, via, *end);
            return;
        }
        if (!uncertain_[family]) {
            diagnostics_.error(
                request.span,
                fmt::format("{} is on no subnet of '{}'{}", to_string(via), node_.name,
                            request.interface.empty() ? ""
                                                      : fmt::format(" at {}", request.interface)),
                connected_subnets(request, family));
        }
    }

    void add_via_node(const RouteRequest& request, NodeId via) {
        bool found = false;
        bool uncertain = false;
        for (const auto family : families) {
            if (request.to && request.to->family() != family) {
                continue;
            }
            uncertain = uncertain || uncertain_[family];
            if (const auto way = way_to(request, via, family)) {
                const auto& link = topology_.links[index(way->out.link)];
                if (!link.up) {
                    report_down(request, link);
                    return;
                }
                add_route(request, family, way->via, way->out);
                found = true;
            }
        }
        if (!found && !uncertain) {
            diagnostics_.error(
                request.span,
                fmt::format(
                    "'{}' and '{}' share no subnet{}", node_.name, topology_.nodes[index(via)].name,
                    request.to ? fmt::format(" of {}", family_name(request.to->family())) : ""),
                "a route goes via a node that is joined to this one by a link or by switches");
        }
    }

    /// The first own end, or the one that the route says, on whose subnet `via` is.
    std::optional<EndId> end_towards(const RouteRequest& request, const IpAddress& via) const {
        if (!request.interface.empty()) {
            const auto end = said_end(request);
            const auto& own = addresses_.at(*end, via.family);
            return own && own->subnet().contains(via) ? end : std::nullopt;
        }
        std::optional<EndId> first;
        for (const auto length : lengths_[via.family]) {
            const auto found = by_subnet_[via.family].find(prefix_of(via, length));
            if (found != by_subnet_[via.family].end() &&
                (!first || is_before(found->second, *first))) {
                first = found->second;
            }
        }
        return first;
    }

    std::optional<Way> way_to(const RouteRequest& request, NodeId via, Family family) {
        if (via == id_) {
            return std::nullopt;
        }
        if (!request.interface.empty()) {
            return joined_.way_through(*said_end(request), via, family);
        }
        const auto [known, is_new] = ways_.try_emplace({via, family});
        if (is_new) {
            known->second = joined_.way(id_, via, family);
        }
        return known->second;
    }

    void report_down(const RouteRequest& request, const Link& link) {
        diagnostics_
            .error(request.span,
                   fmt::format("this route goes over link '{}', which is down", link.name),
                   "the kernel takes routes over links that are up only")
            .notes.push_back({link.span, R"("up": false)"});
    }

    void add_route(const RouteRequest& request, Family family, std::optional<IpAddress> via,
                   EndId out) {
        if (const auto& link = topology_.links[index(out.link)]; !link.up) {
            report_down(request, link);
            return;
        }
        RoutePlan route;
        route.to = request.to.value_or(IpPrefix{{family, {}}, 0});
        route.next_hops.push_back({via, endpoint(topology_, out).interface});
        route.metric = request.metric;
        route.span = request.span;
        if (is_new(route)) {
            routes_.push_back(std::move(route));
        }
    }

    bool is_new(const RoutePlan& route) {
        const auto key = std::pair{route.to, route.metric.value_or(0)};
        const auto [first, added] = seen_.try_emplace(key, route.span);
        if (!added) {
            diagnostics_
                .error(route.span, fmt::format("'{}' has two routes to {} of the same metric",
                                               node_.name, to_string(route.to)))
                .notes.push_back({first->second, "the first one"});
        }
        return added && check_not_connected(route);
    }

    /// The kernel's own route of a subnet has metric 0 in IPv4 and would refuse another one.
    bool check_not_connected(const RoutePlan& route) {
        if (route.to.family() != Family::ipv4 || route.metric.value_or(0) != 0) {
            return true;
        }
        const auto own = by_subnet_[Family::ipv4].find(route.to);
        if (own == by_subnet_[Family::ipv4].end()) {
            return true;
        }
        diagnostics_.error(route.span,
                           fmt::format("'{}' is joined to {} by {} already", node_.name,
                                       to_string(route.to),
                                       endpoint(topology_, own->second).interface),
                           R"(a second way to it needs a "metric" of 1 or more)");
        return false;
    }

    std::string connected_subnets(const RouteRequest& request, Family family) const {
        constexpr std::size_t most = 4;
        std::string text;
        std::size_t count = 0;
        for (const auto end : addressed_[family]) {
            const auto& interface = endpoint(topology_, end).interface;
            if (!request.interface.empty() && interface != request.interface) {
                continue;
            }
            if (++count > most) {
                return text + ", …";
            }
            text += fmt::format("{}{} ({})",
                                text.empty() ? fmt::format("'{}' is on ", node_.name) : ", ",
                                to_string(addresses_.at(end, family)->subnet()), interface);
        }
        return text;
    }

    const Topology& topology_;
    const AddressPlan& addresses_;
    const JoinedEnds& joined_;
    NodeId id_;
    const Node& node_;
    Diagnostics& diagnostics_;
    std::vector<RoutePlan> routes_;
    std::map<std::pair<IpPrefix, std::uint32_t>, Span> seen_;
    // Of the node's ends, only if it has routes at all.
    std::unordered_map<std::string_view, EndId> by_interface_;
    PerFamily<std::vector<EndId>> addressed_;
    PerFamily<std::map<IpPrefix, EndId>> by_subnet_; ///< the first end on each
    PerFamily<std::set<int>> lengths_;               ///< of those subnets
    PerFamily<bool> uncertain_;
    std::map<std::pair<NodeId, Family>, std::optional<Way>> ways_;
};

} // namespace

std::vector<std::vector<RoutePlan>>
file_routes(const Topology& topology, const AddressPlan& addresses, Diagnostics& diagnostics) {
    const JoinedEnds joined{topology, addresses};
    std::vector<std::vector<RoutePlan>> routes;
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        routes.push_back(NodeRoutes{topology, addresses, joined, node_id(i), diagnostics}.run());
    }
    return routes;
}

} // namespace netlab
