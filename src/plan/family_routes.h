#pragma once

#include "plan/address_plan.h"
#include "plan/destinations.h"
#include "plan/plan.h"
#include "plan/route_search.h"
#include "plan/routing_plan.h"

#include <optional>
#include <set>
#include <vector>

namespace netlab {

/// Works out the routes of one family, node by node; see docs/decisions/routing-costs.md. Several
/// threads can ask at once, each with a search of its own.
class FamilyRoutes {
public:
    FamilyRoutes(const Topology& topology, const AddressPlan& addresses, const RoutingPlan& routing,
                 const Destinations& destinations, Family family);

    /// Adds the computed routes of `node` to `routes`; `by_file` are the prefixes that the file
    /// routes.
    void add_routes(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                    RouteTable& routes) const;
    /// Adds the default route towards the nearest way out of the lab, if there is one: what a
    /// router with routing daemons has, which know nothing beyond the lab.
    void add_way_out(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                     RouteTable& routes) const;

private:
    bool reaches_beyond(NodeId node) const;
    bool add_only_route(NodeId node, const std::set<IpPrefix>& by_file, RouteTable& routes) const;
    std::optional<FirstHop> only_exit(NodeId node) const;
    bool add_gateway_routes(NodeId host, const std::set<IpPrefix>& by_file,
                            RouteTable& routes) const;
    std::optional<std::uint32_t> only_gateway(NodeId host) const;
    std::vector<NumberedRoute> loopbacks_beside(NodeId host) const;
    void add_computed(NodeId node, RouteSearch& search, const std::set<IpPrefix>& by_file,
                      RouteTable& routes) const;
    void add_sums(NodeId node, RouteSearch& search, RouteTable& routes) const;
    bool may_sum(const std::set<IpPrefix>& by_file) const;
    std::vector<NumberedRoute> compressed(NodeId node, RouteSearch& search,
                                          const std::set<IpPrefix>& by_file) const;
    std::optional<HopSet> way_to_internet(NodeId node, ShortestPaths& paths) const;
    bool all_by_one_gateway(const std::vector<HopSet>& hops, const ShortestPaths& paths) const;
    bool is_connected() const;
    std::vector<bool> find_domains_that_lead_on() const;
    std::set<std::uint32_t> own_domains(NodeId node) const;
    std::vector<NextHop> next_hops(NodeId node, const std::vector<FirstHop>& hops) const;
    void add(const IpPrefix& to, NodeId node, const std::vector<FirstHop>& hops,
             RouteTable& routes) const;

    const Topology& topology_;
    const AddressPlan& addresses_;
    const RoutingPlan& routing_;
    const Destinations& destinations_;
    const RoutedGraph& graph_;
    Family family_;
    std::vector<bool> leads_on_; ///< by domain of the graph
    std::vector<NodeId> ways_out_;
    bool connected_ = false; ///< each router reaches every destination; asked of many only
};

} // namespace netlab
