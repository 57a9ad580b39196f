#pragma once

#include "plan/address_plan.h"

#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// A subnet that the file says, and where.
struct ExplicitSubnet {
    IpPrefix prefix;
    Span span;
    std::string said_by; ///< `link 'a-b'`, `h1:eth0`
};

const SubnetRequest& request_of(const Link& link, Family family);
const EndAddress& request_of(const Endpoint& end, Family family);
const Endpoint& endpoint(const Topology& topology, EndId end);

/// Whether the end is to have an address in the family; ends of switches are not asked.
bool wants_address(const Topology& topology, EndId end, Family family);

/// The length of the domain's subnet where the file says none: `prefix4` or 64, shorter where more
/// ends need it.
int default_length(const Topology& topology, const DomainPlan& domain, Family family);

/// The subnet that links and ends of the domain ask for, checked against all that they say.
/// Mistakes make the domain uncertain.
std::optional<ExplicitSubnet> explicit_subnet(const Topology& topology, DomainPlan& domain,
                                              Family family, Diagnostics& diagnostics);

/// Reports subnets that overlap. `subnets` are by domain.
void check_overlaps(const std::vector<std::optional<ExplicitSubnet>>& subnets,
                    Diagnostics& diagnostics);

/// Reports addresses said twice, loopbacks inside a link's subnet, and addresses where none can be.
void check_explicit_addresses(const Topology& topology,
                              const std::vector<std::optional<ExplicitSubnet>>& subnets,
                              Family family, Diagnostics& diagnostics);

} // namespace netlab
