#pragma once

#include "base/address.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace netlab {

inline constexpr std::array families{Family::ipv4, Family::ipv6};

/// One value for each family.
template <typename T>
struct PerFamily {
    std::array<T, 2> values{};

    T& operator[](Family family) { return values[static_cast<std::size_t>(family)]; }
    const T& operator[](Family family) const { return values[static_cast<std::size_t>(family)]; }

    bool operator==(const PerFamily&) const = default;
};

/// `IPv4`, `IPv6`: the family in a sentence.
constexpr std::string_view family_name(Family family) {
    return family == Family::ipv4 ? "IPv4" : "IPv6";
}

/// `ipv4`, `ipv6`: the key in the topology file.
constexpr std::string_view family_key(Family family) {
    return family == Family::ipv4 ? "ipv4" : "ipv6";
}

} // namespace netlab
