#include "plan/routing_plan.h"

#include "plan/explicit_addresses.h"

#include <utility>

namespace netlab {

RoutingPlan::RoutingPlan(const Topology& topology, const AddressPlan& addresses,
                         std::vector<std::vector<LinkId>> pieces) {
    std::vector<bool> forwards;
    for (const auto& node : topology.nodes) {
        forwards.push_back(node.kind == NodeKind::router || node.kind == NodeKind::internet);
    }
    for (const auto& links : pieces) {
        domain_of_piece.push_back(addresses.domain_of[index(links.front())]);
    }
    for (const auto family : netlab::families) {
        auto& routing = families[family];
        std::vector<Attachment> attachments;
        for (std::uint32_t piece = 0; piece < pieces.size(); ++piece) {
            for (const auto link : pieces[piece]) {
                const auto& planned = topology.links[index(link)];
                for (std::uint32_t i = 0; i < planned.endpoints.size(); ++i) {
                    if (addresses.at({link, i}, family)) {
                        attachments.push_back({planned.endpoints[i].node, piece, planned.cost});
                        routing.ends.push_back({link, i});
                    }
                }
            }
        }
        const auto& other = families[Family::ipv4];
        if (family == Family::ipv6 && other.ends == routing.ends) {
            routing.graph = other.graph;
            continue;
        }
        routing.graph =
            std::make_shared<const RoutedGraph>(forwards, pieces.size(), std::move(attachments));
    }
}

} // namespace netlab
