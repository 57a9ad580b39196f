#pragma once

#include "plan/address_plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// Ranks by which addresses are given out, lowest first.
struct AddressOrder {
    std::vector<std::uint32_t> of_domain; ///< by index in AddressPlan::domains
    std::vector<std::uint32_t> of_node;   ///< by NodeId
};

/// Who is joined by which domains, each node once in each.
struct Joints {
    std::vector<std::vector<std::uint32_t>> domains_of; ///< by node
    std::vector<std::vector<std::uint32_t>> nodes_of;   ///< by domain
};

/// The order that lets routes be summed up, for a lab with more subnets than `few_subnets` whose
/// routes are computed; nullopt where addresses follow the file (see docs/decisions/addresses.md).
/// It walks a tree of shortest ways from the router with the most links, each branch to its end,
/// the largest first: what lies behind a router has numbers in a row. In labs in layers it goes by
/// those (layered_order.h).
std::optional<AddressOrder> address_order(const Topology& topology,
                                          const std::vector<DomainPlan>& domains);

inline constexpr std::size_t few_subnets = 256;

} // namespace netlab
