#pragma once

#include "base/address.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace netlab {

/// What else the range is for ("multicast", …), or empty if interfaces and subnets may be in it.
/// IANA special-purpose registries (RFC 6890), as far as the kernel or this program treats them
/// specially.
std::string_view reserved_for(const IpPrefix& prefix);

/// Whether the lowest address of a subnet of this length is one that an interface may have: RFC
/// 3021 for IPv4 /31, RFC 6164 for IPv6 /127, and a subnet that is one address.
bool uses_lowest(Family family, int length);

/// How many interfaces a subnet holds; at most 2^62 is told.
std::uint64_t capacity(Family family, int length);

/// The longest length, at most `longest`, whose subnet holds `interfaces`.
int fitting_length(Family family, int longest, std::size_t interfaces);

/// Why an interface of `subnet` cannot have `address`, which is in it ("the network address", …),
/// or empty.
std::string_view not_for_interfaces(const IpAddress& address, const IpPrefix& subnet);

} // namespace netlab
