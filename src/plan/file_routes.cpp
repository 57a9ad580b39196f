#include "plan/file_routes.h"

#include "base/nearest_word.h"
#include "plan/address_rules.h"
#include "plan/explicit_addresses.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Works out the routes of one node.
class NodeRoutes {
public:
    NodeRoutes(const Topology& topology, const AddressPlan& addresses, NodeId node,
               const std::vector<EndId>& ends, Diagnostics& diagnostics)
        : topology_{topology}, addresses_{addresses}, id_{node}, node_{topology.nodes[index(node)]},
          ends_{ends}, diagnostics_{diagnostics} {}

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
        std::vector<std::string> names;
        for (const auto end : ends_) {
            names.push_back(endpoint(topology_, end).interface);
        }
        if (request.interface.empty() ||
            std::find(names.begin(), names.end(), request.interface) != names.end()) {
            return true;
        }
        diagnostics_.error(request.span,
                           fmt::format("'{}' has no interface '{}'", node_.name, request.interface),
                           did_you_mean(request.interface, names));
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

    /// The own ends that the route may leave through.
    std::vector<EndId> candidates(const RouteRequest& request) const {
        std::vector<EndId> chosen;
        for (const auto end : ends_) {
            if (request.interface.empty() ||
                endpoint(topology_, end).interface == request.interface) {
                chosen.push_back(end);
            }
        }
        return chosen;
    }

    void add_on_interface(const RouteRequest& request) {
        const auto ends = candidates(request);
        if (request.interface.empty() || ends.empty()) {
            diagnostics_.error(request.span, "this route does not say where it goes",
                               R"(add "via" (an address or a node) or "interface")");
            return;
        }
        for (const auto family : families) {
            if (request.to ? request.to->family() == family
                           : addresses_.at(ends.front(), family).has_value()) {
                add_route(request, family, std::nullopt, ends.front());
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
        for (const auto end : candidates(request)) {
            const auto& own = addresses_.at(end, family);
            if (!own || !own->subnet().contains(via)) {
                continue;
            }
            const auto role = not_for_interfaces(via, own->subnet());
            if (own->address == via || !role.empty()) {
                diagnostics_.error(request.span,
                                   fmt::format("a route of '{}' cannot go via {}: it is {}",
                                               node_.name, to_string(via),
                                               role.empty() ? "its own address" : role));
                return;
            }
            add_route(request, family, via, end);
            return;
        }
        if (!is_uncertain(family)) {
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
            uncertain = uncertain || is_uncertain(family);
            for (const auto end : candidates(request)) {
                if (const auto address = neighbour_address(end, via, family)) {
                    const auto& link = topology_.links[index(end.link)];
                    if (!link.up) {
                        report_down(request, link);
                        return;
                    }
                    add_route(request, family, address, end);
                    found = true;
                    break;
                }
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

    std::optional<IpAddress> neighbour_address(EndId own, NodeId via, Family family) const {
        if (via == id_ || !addresses_.at(own, family)) {
            return std::nullopt;
        }
        const auto& domain = addresses_.domains[addresses_.domain_of[index(own.link)]];
        for (const auto end : domain.ends) {
            const auto& address = addresses_.at(end, family);
            if (endpoint(topology_, end).node == via && address) {
                return address->address;
            }
        }
        return std::nullopt;
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
        for (const auto end : ends_) {
            const auto& own = addresses_.at(end, Family::ipv4);
            if (own && own->subnet() == route.to) {
                diagnostics_.error(route.span,
                                   fmt::format("'{}' is joined to {} by {} already", node_.name,
                                               to_string(route.to),
                                               endpoint(topology_, end).interface),
                                   R"(a second way to it needs a "metric" of 1 or more)");
                return false;
            }
        }
        return true;
    }

    bool is_uncertain(Family family) const {
        return std::any_of(ends_.begin(), ends_.end(), [&](EndId end) {
            return addresses_.domains[addresses_.domain_of[index(end.link)]].uncertain[family];
        });
    }

    std::string connected_subnets(const RouteRequest& request, Family family) const {
        constexpr std::size_t most = 4;
        std::string text;
        std::size_t count = 0;
        for (const auto end : candidates(request)) {
            if (const auto& own = addresses_.at(end, family); own && count++ < most) {
                text += fmt::format("{}{} ({})",
                                    text.empty() ? fmt::format("'{}' is on ", node_.name) : ", ",
                                    to_string(own->subnet()), endpoint(topology_, end).interface);
            }
        }
        return count > most ? text + ", …" : text;
    }

    const Topology& topology_;
    const AddressPlan& addresses_;
    NodeId id_;
    const Node& node_;
    const std::vector<EndId>& ends_;
    Diagnostics& diagnostics_;
    std::vector<RoutePlan> routes_;
    std::map<std::pair<IpPrefix, std::uint32_t>, Span> seen_;
};

} // namespace

std::vector<std::vector<RoutePlan>>
file_routes(const Topology& topology, const AddressPlan& addresses, Diagnostics& diagnostics) {
    std::vector<std::vector<EndId>> ends(topology.nodes.size());
    for (std::size_t i = 0; i < topology.links.size(); ++i) {
        const auto& endpoints = topology.links[i].endpoints;
        for (std::uint32_t end = 0; end < endpoints.size(); ++end) {
            ends[index(endpoints[end].node)].push_back({link_id(i), end});
        }
    }
    std::vector<std::vector<RoutePlan>> routes;
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        routes.push_back(NodeRoutes{topology, addresses, node_id(i), ends[i], diagnostics}.run());
    }
    return routes;
}

} // namespace netlab
