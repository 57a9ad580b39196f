#pragma once

#include "base/address.h"

#include <cstdint>
#include <vector>

namespace netlab {

/// Prefixes as a binary tree: a leaf is one of them, an inner place the longest prefix of all that
/// lies below it. So it has no place with one branch, and one place less than twice the prefixes.
class PrefixTree {
public:
    /// A place comes before its lower branch, which is the next, and that before the upper one.
    struct Place {
        std::uint32_t begin; ///< of the prefixes below
        std::uint32_t end;
        std::uint32_t upper; ///< the place of the upper branch; 0 in a leaf: the root is no branch
        std::uint8_t length; ///< of its own prefix

        bool operator==(const Place&) const = default;
    };

    /// `prefixes` must be sorted, disjoint, and of one family.
    explicit PrefixTree(std::vector<IpPrefix> prefixes);

    const std::vector<Place>& places() const { return places_; }
    const IpPrefix& prefix(std::uint32_t place) const { return of_place_[place]; }
    /// Whether the prefixes of both fall into branches in the same way, whatever their bits; and
    /// neither or both have a branch that only a default route has.
    bool is_like(const PrefixTree& other) const;

private:
    void build(std::uint32_t begin, std::uint32_t end);

    std::vector<IpPrefix> prefixes_;
    std::vector<Place> places_;
    std::vector<IpPrefix> of_place_;
};

} // namespace netlab
