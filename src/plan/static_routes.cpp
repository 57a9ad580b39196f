#include "plan/static_routes.h"

#include "base/side_by_side.h"
#include "plan/family_routes.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace netlab {

namespace {

/// Nodes that a thread takes at once: below that, a thread more is not worth its start.
constexpr std::size_t portion = 64;

class AllRoutes {
public:
    AllRoutes(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing)
        : topology_{topology}, destinations_{{Destinations{addresses, routing, Family::ipv4},
                                              Destinations{addresses, routing, Family::ipv6}}},
          families_{{FamilyRoutes{topology, addresses, routing, destinations_[Family::ipv4],
                                  Family::ipv4},
                     FamilyRoutes{topology, addresses, routing, destinations_[Family::ipv6],
                                  Family::ipv6}}} {}

    void add_to(std::vector<RouteTable>& routes) const {
        const auto order = nodes_in_order();
        side_by_side(order.size(), portion, [&](Portions& portions) {
            RouteSearch search{destinations_};
            while (const auto taken = portions.take()) {
                for (auto i = taken->begin; i < taken->end; ++i) {
                    add_to(routes[order[i]], node_id(order[i]), search);
                }
            }
        });
    }

private:
    /// Hosts of one domain one after the other: their paths are the same.
    std::vector<std::size_t> nodes_in_order() const {
        std::vector<std::size_t> nodes(topology_.nodes.size());
        std::iota(nodes.begin(), nodes.end(), std::size_t{0});
        const auto& graph = destinations_[Family::ipv4].graph();
        const auto domain_of = [&](std::size_t node) {
            const auto& own = graph.of_node(node_id(node));
            return graph.forwards(node_id(node)) || own.size() != 1
                       ? 0
                       : graph.attachments()[own.front()].domain;
        };
        std::stable_sort(nodes.begin(), nodes.end(), [&](std::size_t left, std::size_t right) {
            return domain_of(left) < domain_of(right);
        });
        return nodes;
    }

    void add_to(RouteTable& routes, NodeId node, RouteSearch& search) const {
        const auto& daemons = topology_.nodes[index(node)].daemons;
        std::set<IpPrefix> by_file;
        for (const auto& route : routes) {
            by_file.insert(route.to);
        }
        for (const auto family : families) {
            if (!daemons.any() || (daemons.static_routes && daemons.protocols(family) == 0)) {
                families_[family].add_routes(node, search, by_file, routes);
            } else {
                families_[family].add_way_out(node, search, by_file, routes);
            }
        }
        routes.sort();
    }

    const Topology& topology_;
    PerFamily<Destinations> destinations_;
    PerFamily<FamilyRoutes> families_;
};

} // namespace

void add_static_routes(const Topology& topology, const AddressPlan& addresses,
                       const RoutingPlan& routing, std::vector<RouteTable>& routes) {
    AllRoutes{topology, addresses, routing}.add_to(routes);
}

} // namespace netlab
