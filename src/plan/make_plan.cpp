#include "plan/make_plan.h"

#include "graph/broadcast_domains.h"
#include "graph/graph.h"
#include "plan/address_plan.h"
#include "plan/bridges.h"
#include "plan/file_routes.h"
#include "plan/hosts_file.h"
#include "plan/interfaces.h"
#include "plan/mac_source.h"
#include "plan/parts.h"
#include "plan/routing_daemons.h"
#include "plan/routing_plan.h"
#include "plan/static_routes.h"

namespace netlab {

namespace {

NodePlan node_plan(const Node& node) {
    NodePlan plan;
    plan.name = node.name;
    plan.span = node.span;
    plan.kind = node.kind;
    plan.labels = node.labels;
    plan.position = node.position;
    plan.sysctls = node.sysctls;
    plan.env = node.env;
    plan.user = node.user;
    plan.workdir = node.workdir;
    plan.binds = node.binds;
    plan.private_directories = node.private_directories;
    plan.files = node.files;
    plan.exec = node.exec;
    plan.run = node.run;
    for (const auto& dependency : node.depends_on) {
        plan.depends_on.push_back(dependency.node);
    }
    plan.publish = node.publish;
    plan.daemons = node.daemons;
    plan.root = node.root;
    plan.limits = node.limits;
    plan.limits_span = node.limits_span;
    plan.clock = node.clock;
    plan.clock_span = node.clock_span;
    return plan;
}

} // namespace

Plan make_plan(const Topology& topology, Diagnostics& diagnostics) {
    Plan plan;
    plan.name = topology.name;
    plan.description = topology.description;
    for (const auto& node : topology.nodes) {
        plan.nodes.push_back(node_plan(node));
    }
    const auto graph = make_graph(topology);
    const auto addresses = plan_addresses(topology, broadcast_domains(graph), diagnostics);
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        plan.nodes[i].loopback = addresses.loopbacks[i];
    }
    MacSource macs{topology.name};
    plan_interfaces(topology, addresses, macs, plan, diagnostics);
    plan_bridges(topology, graph, macs, plan, diagnostics);

    const RoutingPlan routing{topology, addresses, broadcast_domains(graph, LinkChoice::up)};
    std::vector<RouteTable> routes;
    for (auto& of_node : file_routes(topology, addresses, diagnostics)) {
        routes.emplace_back(std::move(of_node));
    }
    if (topology.routing != RoutingMode::none) {
        add_static_routes(topology, addresses, routing, routes);
    }
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        plan.nodes[i].routes = std::move(routes[i]);
    }
    add_routing_daemons(topology, addresses, routing, plan, diagnostics);
    if (!diagnostics.has_errors()) {
        warn_of_parts(topology, graph, routing, diagnostics);
    }
    plan.hosts = hosts_file(plan);
    return plan;
}

} // namespace netlab
