#pragma once

#include "base/address.h"

#include <cstdint>
#include <set>
#include <vector>

namespace netlab {

/// A prefix and the number of the next hops that lead there: equal numbers are equal next hops.
struct NumberedRoute {
    IpPrefix to;
    std::uint32_t hops = 0;

    bool operator==(const NumberedRoute&) const = default;
};

/// Merges neighbouring halves of a prefix that have the same next hops, again and again, so that
/// exactly the addresses of `routes` are covered, each with its own next hops. `routes` must be
/// sorted and disjoint; the result is too. No merge makes a prefix of `kept_apart`: the file routes
/// those in its own way.
std::vector<NumberedRoute> compress_routes(const std::vector<NumberedRoute>& routes,
                                           const std::set<IpPrefix>& kept_apart = {});

} // namespace netlab
