#include "topology/pending_routes.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/report_once.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

namespace netlab {

namespace {

using InterfaceNames = std::unordered_map<NodeId, std::vector<std::string>>;

InterfaceNames collect(const std::vector<PendingRoute>& routes, const std::vector<Link>& links) {
    InterfaceNames names;
    for (const auto& route : routes) {
        if (!route.draft.request.interface.empty()) {
            names[route.node] = {"lo"};
        }
    }
    if (names.empty()) {
        return names;
    }
    for (const auto& link : links) {
        for (const auto& end : link.endpoints) {
            if (const auto found = names.find(end.node); found != names.end()) {
                found->second.push_back(end.interface);
            }
        }
    }
    return names;
}

bool settle_via(PendingRoute& route, NodeTable& table, ReportOnce& once, Input& input) {
    const auto& via = route.draft.via_node;
    if (via.value.empty()) {
        return true;
    }
    if (!table.ids.contains(via.value)) {
        if (once.is_new(via.span)) {
            table.want(via.value, via.span, input);
        }
        return false;
    }
    const auto target = table.ids.at(via.value);
    if (target == route.node) {
        once.error(via.span, fmt::format("a route of {} via itself", quoted(via.value)));
        return false;
    }
    route.draft.request.via = target;
    return true;
}

bool check_interface(const PendingRoute& route, const InterfaceNames& interfaces,
                     const NodeTable& table, ReportOnce& once) {
    const auto& name = route.draft.request.interface;
    if (name.empty()) {
        return true;
    }
    const auto& names = interfaces.at(route.node);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
        return true;
    }
    auto hint = did_you_mean(name, names);
    once.error(route.draft.interface_span,
               fmt::format("node {} has no interface {}",
                           quoted(table.nodes[index(route.node)].name), quoted(name)),
               hint.empty() ? fmt::format("it has {}", fmt::join(names, ", ")) : std::move(hint));
    return false;
}

} // namespace

void settle_routes(NodeTable& table, const std::vector<Link>& links, Input& input) {
    ReportOnce once{input.diagnostics};
    const auto interfaces = collect(table.routes, links);
    for (auto& route : table.routes) {
        const bool via_good = settle_via(route, table, once, input);
        if (check_interface(route, interfaces, table, once) && via_good) {
            table[route.node].routes.push_back(route.draft.request);
        }
    }
}

} // namespace netlab
