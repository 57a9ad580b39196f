#include "plan/mac_source.h"

#include <cstdint>
#include <utility>

namespace netlab {

namespace {

constexpr std::uint64_t fnv_offset_basis = 0xcbf29ce484222325;
constexpr std::uint64_t fnv_prime = 0x100000001b3;

std::uint64_t fnv1a_byte(std::uint64_t hash, std::uint8_t byte) {
    return (hash ^ byte) * fnv_prime;
}

/// `text` and the zero byte that ends it: `a` + `bc` and `ab` + `c` differ.
std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
    for (const char c : text) {
        hash = fnv1a_byte(hash, static_cast<std::uint8_t>(c));
    }
    return fnv1a_byte(hash, 0);
}

MacAddress mac_of(std::uint64_t hash) {
    auto folded = hash >> 40U ^ hash;
    MacAddress mac;
    mac.bytes[0] = 0x02;
    for (std::size_t i = 5; i > 0; --i, folded >>= 8U) {
        mac.bytes[i] = static_cast<std::uint8_t>(folded & 0xffU);
    }
    return mac;
}

} // namespace

MacSource::MacSource(std::string lab) : lab_{std::move(lab)} {}

void MacSource::reserve(const MacAddress& mac) {
    taken_.insert(mac);
}

MacAddress MacSource::make(std::string_view node, std::string_view interface) {
    const auto hash = fnv1a(fnv1a(fnv1a(fnv_offset_basis, lab_), node), interface);
    auto mac = mac_of(hash);
    for (std::uint8_t count = 1; !taken_.insert(mac).second; ++count) {
        mac = mac_of(fnv1a_byte(hash, count));
    }
    return mac;
}

} // namespace netlab
