#pragma once

#include "base/address.h"
#include "base/diagnostic.h"
#include "base/ids.h"
#include "plan/families.h"
#include "topology/topology.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netlab {

/// An end of a link: its index in `topology.links[link].endpoints`.
struct EndId {
    LinkId link{};
    std::uint32_t end = 0;

    bool operator==(const EndId&) const = default;
};

/// A broadcast domain and its subnets.
struct DomainPlan {
    std::vector<LinkId> links;
    std::vector<EndId> ends; ///< on hosts and routers, in file order: links first, then ends
    PerFamily<std::optional<IpPrefix>> subnet;
    PerFamily<bool>
        uncertain; ///< a mistake of the file kept the subnet or an address from being known
};

/// Every address of the lab.
struct AddressPlan {
    std::vector<DomainPlan> domains;
    std::vector<std::uint32_t> domain_of; ///< by link
    /// By link and end; nothing on switch ports, and where a family is off.
    std::vector<std::vector<PerFamily<std::optional<IpInterface>>>> ends;
    std::vector<std::vector<IpInterface>> loopbacks; ///< by node, IPv4 first

    const std::optional<IpInterface>& at(EndId end, Family family) const {
        return ends[index(end.link)][end.end][family];
    }
};

/// Gives every subnet, interface and loopback its addresses (docs/topology-format.md, "Addresses").
/// `domains` are the broadcast domains over all links, in file order.
AddressPlan plan_addresses(const Topology& topology, std::vector<std::vector<LinkId>> domains,
                           Diagnostics& diagnostics);

} // namespace netlab
