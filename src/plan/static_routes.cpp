#include "plan/static_routes.h"

#include "plan/family_routes.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace netlab {

void add_static_routes(const Topology& topology, const AddressPlan& addresses,
                       const RoutingPlan& routing, std::vector<std::vector<RoutePlan>>& routes) {
    const PerFamily<Destinations> destinations{{Destinations{addresses, routing, Family::ipv4},
                                                Destinations{addresses, routing, Family::ipv6}}};
    const PerFamily<FamilyRoutes> of{
        {FamilyRoutes{topology, addresses, routing, destinations[Family::ipv4], Family::ipv4},
         FamilyRoutes{topology, addresses, routing, destinations[Family::ipv6], Family::ipv6}}};
    RouteSearch search{destinations};
    for (std::size_t i = 0; i < topology.nodes.size(); ++i) {
        const auto& daemons = topology.nodes[i].daemons;
        std::set<IpPrefix> by_file;
        for (const auto& route : routes[i]) {
            by_file.insert(route.to);
        }
        for (const auto family : families) {
            if (!daemons.any() || (daemons.static_routes && daemons.protocols(family) == 0)) {
                of[family].add_routes(node_id(i), search, by_file, routes[i]);
            } else {
                of[family].add_way_out(node_id(i), search, by_file, routes[i]);
            }
        }
        std::sort(routes[i].begin(), routes[i].end(), [](auto& left, auto& right) {
            return std::tie(left.to, left.metric) < std::tie(right.to, right.metric);
        });
    }
}

} // namespace netlab
