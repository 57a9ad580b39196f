#include "topology/pending_routes.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/report_once.h"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Interfaces of a node: to look up, and in the order of the file to be shown.
struct Interfaces {
    std::unordered_set<std::string> known;
    std::vector<std::string> names;
};
using InterfaceNames = std::unordered_map<NodeId, Interfaces>;

InterfaceNames collect(const std::vector<PendingRoute>& routes, const std::vector<Link>& links) {
    InterfaceNames names;
    for (const auto& route : routes) {
        if (!route.draft.request.interface.empty()) {
            names[route.node];
        }
    }
    if (names.empty()) {
        return names;
    }
    for (const auto& link : links) {
        for (const auto& end : link.endpoints) {
            if (const auto found = names.find(end.node); found != names.end()) {
                found->second.known.insert(end.interface);
                found->second.names.push_back(end.interface);
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
                     const NodeTable& table, ReportOnce& once, Input& input) {
    const auto& name = route.draft.request.interface;
    if (name.empty()) {
        return true;
    }
    const auto& own = interfaces.at(route.node);
    if (own.known.contains(name)) {
        return true;
    }
    if (!once.is_new(route.draft.interface_span)) {
        return false;
    }
    std::string hint;
    if (input.diagnostics.error_count() < most_hints) {
        hint = did_you_mean(name, own.names);
    }
    if (hint.empty() && !own.names.empty()) {
        hint = "it has " + first_words(own.names);
    }
    input.diagnostics.error(route.draft.interface_span,
                            fmt::format("node {} has no interface {}",
                                        quoted(table.nodes[index(route.node)].name), quoted(name)),
                            std::move(hint));
    return false;
}

} // namespace

void settle_routes(NodeTable& table, const std::vector<Link>& links, Input& input) {
    ReportOnce once{input.diagnostics};
    const auto interfaces = collect(table.routes, links);
    for (auto& route : table.routes) {
        const bool via_good = settle_via(route, table, once, input);
        const bool interface_good = check_interface(route, interfaces, table, once, input);
        if (via_good && interface_good && !route.draft.has_mistake) {
            table[route.node].routes.push_back(route.draft.request);
        }
    }
}

} // namespace netlab
