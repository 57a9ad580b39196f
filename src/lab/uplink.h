#pragma once

#include "base/address.h"
#include "plan/plan.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// The addresses of an `internet` node's interface to the host's network.
struct Uplink {
    std::vector<IpInterface> addresses; ///< of the node, at most one of each family
    std::vector<IpAddress> gateways;    ///< one for each address
    UniqueFd holder{};                  ///< the way out ends with the last copy of this

    /// Adds the `node`-th address of `subnet`, and the `gateway`-th as its gateway.
    void add(const IpPrefix& subnet, std::uint64_t node, std::uint64_t gateway);
};

/// Without the descriptor.
std::string to_text(const Uplink& uplink);
/// Throws std::runtime_error.
Uplink parse_uplink(const std::string& text);

/// Subnets for uplinks: of 198.18.0.0/15, nobody's on the Internet (RFC 2544, RFC 6890), with
/// `length` bits, and of a prefix of unique local addresses (RFC 4193), with 64.
IpPrefix uplink_subnet4(std::uint64_t number, int length);
IpPrefix uplink_subnet6(std::uint64_t number);

/// The subnets that the lab itself has addresses of.
std::vector<IpPrefix> subnets_of(const Plan& plan);
/// Whether the lab itself has addresses of `subnet`.
bool overlaps(const Plan& plan, const IpPrefix& subnet);

/// The supervisor's part: addresses, routes and NAT of an uplink that is there. The calling thread
/// is in the node's network namespace. Throws std::system_error.
void configure_uplink(const Uplink& uplink);

} // namespace netlab
