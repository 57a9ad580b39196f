#include "plan/prefix_tree.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace netlab {

namespace {

/// Bits that two addresses begin with alike.
std::uint8_t common_length(const IpAddress& left, const IpAddress& right) {
    for (std::size_t i = 0; i < left.bytes.size(); ++i) {
        const auto difference = static_cast<std::uint8_t>(left.bytes[i] ^ right.bytes[i]);
        if (difference != 0) {
            return static_cast<std::uint8_t>(
                i * 8 + static_cast<std::size_t>(std::countl_zero(difference)));
        }
    }
    return static_cast<std::uint8_t>(bits(left.family));
}

} // namespace

PrefixTree::PrefixTree(std::vector<IpPrefix> prefixes) : prefixes_{std::move(prefixes)} {
    places_.reserve(2 * prefixes_.size());
    if (!prefixes_.empty()) {
        build(0, static_cast<std::uint32_t>(prefixes_.size()));
    }
    of_place_.reserve(places_.size());
    for (const auto& place : places_) {
        of_place_.push_back(prefix_of(prefixes_[place.begin].address, place.length));
    }
}

void PrefixTree::build(std::uint32_t begin, std::uint32_t end) {
    const auto& front = prefixes_[begin];
    const auto length = common_length(front.address, prefixes_[end - 1].address);
    if (end - begin == 1 || length >= front.length) {
        // Prefixes that are not disjoint are a mistake of the file's, which is being reported.
        places_.push_back({begin, end, 0, front.length});
        return;
    }
    const auto middle = std::partition_point(
        prefixes_.begin() + begin, prefixes_.begin() + end, [&](const IpPrefix& prefix) {
            return (prefix.address.bytes[length / 8U] & (0x80U >> (length % 8U))) == 0;
        });
    const auto split = static_cast<std::uint32_t>(middle - prefixes_.begin());
    const auto place = places_.size();
    places_.push_back({begin, end, 0, length});
    build(begin, split);
    places_[place].upper = static_cast<std::uint32_t>(places_.size());
    build(split, end);
}

bool PrefixTree::is_like(const PrefixTree& other) const {
    return std::equal(places_.begin(), places_.end(), other.places_.begin(), other.places_.end(),
                      [](const Place& left, const Place& right) {
                          return left.begin == right.begin && left.end == right.end &&
                                 left.upper == right.upper &&
                                 (left.length == 0) == (right.length == 0);
                      });
}

} // namespace netlab
