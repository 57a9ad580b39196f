#include "control/errand_request.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "control/selection.h"

#include <algorithm>

namespace netlab {

namespace {

/// A lab may have thousands of nodes, and all of them the same trouble.
constexpr std::size_t most_failures = 10;

std::uint32_t service_of(const NodePlan& node, const std::string& name) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < node.run.size(); ++i) {
        if (node.run[i].name == name) {
            return static_cast<std::uint32_t>(i);
        }
        names.push_back(node.run[i].name);
    }
    std::string listed;
    for (const auto& one : names) {
        listed += (listed.empty() ? "" : ", ") + one;
    }
    const auto meant = did_you_mean(name, names);
    throw InputError{"node " + node.name + " has no service " + quoted(name),
                     !meant.empty()   ? meant
                     : listed.empty() ? "it has none: services are in 'run' in the topology file"
                                      : "its services: " + listed};
}

} // namespace

ErrandRequest errand_of(const Lab& lab, const Request& request) {
    ErrandRequest errand;
    errand.verb =
        request.kind == Request::Kind::stop ? ServiceOrder::Verb::stop : ServiceOrder::Verb::start;
    errand.wipe = request.wipe;
    errand.nodes = select_nodes(lab.plan, request.nodes);
    errand.patience =
        std::clamp<std::chrono::milliseconds>(request.patience, {}, std::chrono::hours{1});
    if (!request.service.empty()) {
        if (errand.nodes.size() != 1) {
            throw InputError{"a service is one of one node's: NODE/SERVICE"};
        }
        errand.service = service_of(lab.plan.nodes[index(errand.nodes.front())], request.service);
    }
    return errand;
}

Reply refusal(const ErrandResult& result) {
    Reply reply;
    reply.refused = true;
    for (std::size_t i = 0; i < result.failures.size() && i < most_failures; ++i) {
        reply.error += (i == 0 ? "" : "\n") + result.failures[i];
    }
    if (result.failures.size() > most_failures) {
        reply.error += "\nand " + std::to_string(result.failures.size() - most_failures) + " more";
    }
    return reply;
}

} // namespace netlab
