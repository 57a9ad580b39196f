#pragma once

#include "base/address.h"
#include "plan/address_number.h"

#include <map>
#include <optional>

namespace netlab {

/// A prefix that smaller ones are drawn from, each at most once. The first of a length is drawn
/// last, so that 10.0.0.0/8 gives 10.0.1.0/24 first: numbers that people count with begin at 1.
class AddressPool {
public:
    /// With `aligned` the order is 0, 1, 2, …, so that numbers in a row that begin at a multiple of
    /// their count are one prefix.
    explicit AddressPool(const IpPrefix& pool, bool aligned = false);

    /// Takes `taken` out of the pool; it may lie outside or overlap what is taken already.
    void reserve(const IpPrefix& taken);
    /// The next free prefix of `length` bits in the order 1, 2, …, n-1, 0 (or 0, 1, 2, …); nullopt
    /// when none is left.
    std::optional<IpPrefix> draw(int length);

private:
    /// The last address of a taken range that overlaps the range, or nullopt.
    std::optional<AddressNumber> taken_until(AddressNumber first, AddressNumber last) const;

    IpPrefix pool_;
    AddressNumber first_;
    std::map<AddressNumber, AddressNumber> taken_; ///< first to last address, disjoint
    std::map<int, AddressNumber> next_;            ///< by length: no prefix before this one is free
};

} // namespace netlab
