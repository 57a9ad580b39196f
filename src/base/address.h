#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netlab {

enum class Family : std::uint8_t { ipv4, ipv6 };

/// Bits of an address of the family: 32 or 128.
constexpr int bits(Family family) {
    return family == Family::ipv4 ? 32 : 128;
}

/// An IPv4 or IPv6 address, in network byte order. An IPv4 address fills the first four bytes, the
/// rest is 0.
struct IpAddress {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const IpAddress&) const = default;

    /// The address `offset` further on. Wraps at the end of the family's range.
    IpAddress plus(std::uint64_t offset) const;
    /// The bytes that go on the wire: 4 or 16.
    std::string_view wire() const;
};

/// A range of addresses `address/length` whose host bits are zero.
struct IpPrefix {
    IpAddress address;
    std::uint8_t length = 0;

    auto operator<=>(const IpPrefix&) const = default;

    Family family() const { return address.family; }
    bool contains(const IpAddress& other) const;
    bool contains(const IpPrefix& other) const;
    bool overlaps(const IpPrefix& other) const;
    IpAddress last() const;
};

/// An address on an interface with the length of its subnet: `10.0.1.1/24`.
struct IpInterface {
    IpAddress address;
    std::uint8_t length = 0;

    auto operator<=>(const IpInterface&) const = default;

    Family family() const { return address.family; }
    IpPrefix subnet() const;
};

struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    auto operator<=>(const MacAddress&) const = default;
    bool is_multicast() const { return (bytes[0] & 1U) != 0; }
};

/// The prefix of `length` bits that `address` is in.
IpPrefix prefix_of(const IpAddress& address, int length);

/// Strict parsers: no leading or trailing text, no leading zeros in IPv4, no zone ids; nullopt if
/// malformed.
std::optional<IpAddress> parse_address(std::string_view text);
/// `address/length`. Host bits may be set: the caller decides whether that is a mistake.
std::optional<IpInterface> parse_interface_address(std::string_view text);
std::optional<MacAddress> parse_mac(std::string_view text);

std::string to_string(const IpAddress& address);
std::string to_string(const IpPrefix& prefix);
std::string to_string(const IpInterface& address);
std::string to_string(const MacAddress& mac);

} // namespace netlab
