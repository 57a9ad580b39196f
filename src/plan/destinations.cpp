#include "plan/destinations.h"

#include <algorithm>

namespace netlab {

std::vector<Destination> find_destinations(const AddressPlan& addresses, const RoutingPlan& routing,
                                           Family family) {
    std::vector<Destination> found;
    std::vector<std::vector<std::uint32_t>> pieces(addresses.domains.size());
    for (std::uint32_t piece = 0; piece < routing.domain_of_piece.size(); ++piece) {
        pieces[routing.domain_of_piece[piece]].push_back(piece);
    }
    for (std::uint32_t i = 0; i < addresses.domains.size(); ++i) {
        if (const auto& subnet = addresses.domains[i].subnet[family]) {
            found.push_back({*subnet, std::nullopt, i, std::move(pieces[i])});
        }
    }
    for (std::size_t i = 0; i < addresses.loopbacks.size(); ++i) {
        for (const auto& loopback : addresses.loopbacks[i]) {
            if (loopback.family() == family) {
                found.push_back({loopback.subnet(), node_id(i), 0, {}});
            }
        }
    }
    std::sort(found.begin(), found.end(),
              [](auto& left, auto& right) { return left.to < right.to; });
    return found;
}

} // namespace netlab
