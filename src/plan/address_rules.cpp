#include "plan/address_rules.h"

#include <array>
#include <cassert>

namespace netlab {

namespace {

struct Reserved {
    Family family;
    std::uint8_t length;
    std::array<std::uint8_t, 16> bytes;
    std::string_view purpose;
};

constexpr std::array<Reserved, 10> reserved{{
    {Family::ipv4, 8, {0}, "\"this network\" (0.0.0.0/8)"},
    {Family::ipv4, 8, {127}, "loopback (127.0.0.0/8), which every node has already"},
    {Family::ipv4, 16, {169, 254}, "link-local addresses (169.254.0.0/16)"},
    {Family::ipv4, 4, {224}, "multicast (224.0.0.0/4)"},
    {Family::ipv4, 4, {240}, "future use and broadcast (240.0.0.0/4)"},
    {Family::ipv6, 128, {}, "\"no address\" (::)"},
    {Family::ipv6,
     128,
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
     "loopback (::1), which every node has already"},
    {Family::ipv6,
     96,
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
     "IPv4 inside IPv6 (::ffff:0:0/96)"},
    {Family::ipv6, 10, {0xfe, 0x80}, "link-local addresses (fe80::/10), which the kernel gives"},
    {Family::ipv6, 8, {0xff}, "multicast (ff00::/8)"},
}};

} // namespace

std::string_view reserved_for(const IpPrefix& prefix) {
    for (const auto& range : reserved) {
        if (prefix.overlaps(IpPrefix{{range.family, range.bytes}, range.length})) {
            return range.purpose;
        }
    }
    return {};
}

bool uses_lowest(Family family, int length) {
    return length >= bits(family) - 1;
}

std::uint64_t capacity(Family family, int length) {
    const auto host_bits = bits(family) - length;
    if (host_bits > 62) {
        return std::uint64_t{1} << 62U;
    }
    const auto all = std::uint64_t{1} << static_cast<unsigned>(host_bits);
    if (uses_lowest(family, length)) {
        return all;
    }
    return all - (family == Family::ipv4 ? 2 : 1);
}

int fitting_length(Family family, int longest, std::size_t interfaces) {
    while (longest > 0 && capacity(family, longest) < interfaces) {
        --longest;
    }
    return longest;
}

std::string_view not_for_interfaces(const IpAddress& address, const IpPrefix& subnet) {
    assert(subnet.contains(address));
    if (uses_lowest(subnet.family(), subnet.length)) {
        return {};
    }
    if (address == subnet.address) {
        return subnet.family() == Family::ipv4 ? "the network's own address"
                                               : "the subnet-router anycast address (RFC 4291)";
    }
    if (subnet.family() == Family::ipv4 && address == subnet.last()) {
        return "the broadcast address";
    }
    return {};
}

} // namespace netlab
