#include "plan/compress_routes.h"

#include <cstddef>

namespace netlab {

namespace {

/// The last bit of the network part.
std::uint8_t last_bit(const IpPrefix& prefix) {
    return static_cast<std::uint8_t>(0x80U >> ((prefix.length - 1U) % 8U));
}

/// Whether the prefixes are the lower and the upper half of one.
bool are_halves(const IpPrefix& lower, const IpPrefix& upper) {
    if (lower.length == 0 || lower.length != upper.length || lower.family() != upper.family()) {
        return false;
    }
    const auto byte = static_cast<std::size_t>(lower.length - 1) / 8;
    auto expected = lower.address;
    expected.bytes[byte] = static_cast<std::uint8_t>(expected.bytes[byte] | last_bit(lower));
    return expected != lower.address && expected == upper.address;
}

} // namespace

std::vector<NumberedRoute> compress_routes(const std::vector<NumberedRoute>& routes,
                                           const std::set<IpPrefix>& kept_apart) {
    std::vector<NumberedRoute> merged;
    for (const auto& route : routes) {
        merged.push_back(route);
        while (merged.size() > 1) {
            auto& lower = merged[merged.size() - 2];
            const auto& upper = merged.back();
            const IpPrefix whole{lower.to.address, static_cast<std::uint8_t>(lower.to.length - 1)};
            if (lower.hops != upper.hops || !are_halves(lower.to, upper.to) ||
                (!kept_apart.empty() && kept_apart.contains(whole))) {
                break;
            }
            lower.to = whole;
            merged.pop_back();
        }
    }
    return merged;
}

} // namespace netlab
