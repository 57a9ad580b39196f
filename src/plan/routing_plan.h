#pragma once

#include "graph/routed_graph.h"
#include "plan/address_plan.h"

#include <memory>
#include <vector>

namespace netlab {

/// What carries packets in one family: broadcast domains as far as links are up, and who has an
/// address in them.
struct FamilyRouting {
    std::shared_ptr<const RoutedGraph>
        graph;               ///< one object for both families where they are the same
    std::vector<EndId> ends; ///< by attachment of the graph
};

/// The graphs that packets are routed on. A broadcast domain that is down in the middle is several
/// pieces here, with one subnet.
struct RoutingPlan {
    /// `pieces` are the broadcast domains over the links that are up.
    RoutingPlan(const Topology& topology, const AddressPlan& addresses,
                std::vector<std::vector<LinkId>> pieces);

    std::vector<std::uint32_t> domain_of_piece; ///< index in `addresses.domains`
    PerFamily<FamilyRouting> families;
};

} // namespace netlab
