#include "plan/address_pool.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace netlab {

AddressPool::AddressPool(const IpPrefix& pool, bool aligned)
    : pool_{pool}, first_{aligned ? 0U : 1U} {
    assert(pool.length > 0);
}

void AddressPool::reserve(const IpPrefix& taken) {
    if (taken.family() != pool_.family()) {
        return;
    }
    auto first = to_number(taken.address);
    auto last = to_number(taken.last());
    auto range = taken_.upper_bound(last);
    while (range != taken_.begin() && std::prev(range)->second >= first) {
        --range;
        first = std::min(first, range->first);
        last = std::max(last, range->second);
        range = taken_.erase(range);
    }
    taken_[first] = last;
}

std::optional<AddressNumber> AddressPool::taken_until(AddressNumber first,
                                                      AddressNumber last) const {
    const auto range = taken_.upper_bound(last);
    if (range == taken_.begin() || std::prev(range)->second < first) {
        return std::nullopt;
    }
    return std::prev(range)->second;
}

std::optional<IpPrefix> AddressPool::draw(int length) {
    const auto family = pool_.family();
    if (length < pool_.length || length > bits(family)) {
        return std::nullopt;
    }
    const auto base = to_number(pool_.address);
    const auto size = AddressNumber{1} << static_cast<unsigned>(bits(family) - length);
    const auto count = AddressNumber{1} << static_cast<unsigned>(length - pool_.length);
    auto& next = next_.try_emplace(length, first_).first->second;
    // Behind the last one comes number 0, as `count`, if it was not the first.
    while (next < count + first_) {
        const auto first = base + (next == count ? 0 : next) * size;
        const auto taken = taken_until(first, first + (size - 1));
        if (!taken) {
            ++next;
            const IpPrefix drawn{to_address(family, first), static_cast<std::uint8_t>(length)};
            reserve(drawn);
            return drawn;
        }
        next = next == count ? count + 1 : std::clamp((*taken - base) / size + 1, next + 1, count);
    }
    return std::nullopt;
}

} // namespace netlab
