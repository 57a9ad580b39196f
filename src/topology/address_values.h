#pragma once

#include "base/address.h"
#include "topology/fields.h"
#include "topology/topology.h"

#include <optional>
#include <string_view>

namespace netlab {

/// `IPv4` or `IPv6`.
std::string_view family_name(Family family);

/// A prefix of that family (of any, if nullopt) with its host bits clear, or an error that names
/// `what`.
std::optional<IpPrefix> want_prefix(const Value& value, std::string_view what,
                                    std::optional<Family> family, Input& input);

/// `ipv4` or `ipv6` of a link: a prefix or `false`.
SubnetRequest read_subnet(const Value& value, Family family, Input& input);

/// `ipv4` or `ipv6` of an endpoint: an address with or without a length, or `false`.
EndAddress read_end_address(const Value& value, Family family, Input& input);

/// A unicast MAC address.
std::optional<MacAddress> read_mac(const Value& value, Input& input);

/// An address that an interface can have; an error where it is multicast, unspecified or loopback.
bool check_unicast(const IpAddress& address, Span span, Input& input);

/// The top-level `addressing`, defaults filled in.
Addressing read_addressing(const Member* member, Input& input);

} // namespace netlab
