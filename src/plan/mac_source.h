#pragma once

#include "base/address.h"

#include <set>
#include <string>
#include <string_view>

namespace netlab {

/// Gives interfaces MAC addresses that are the same each time: 02 (locally administered, unicast)
/// and 40 bits of FNV-1a 64 over lab, node and interface name, each ended by a zero byte.
/// http://www.isthe.com/chongo/tech/comp/fnv/ (offset basis and prime; folded as its section
/// "xor-folding" says)
class MacSource {
public:
    explicit MacSource(std::string lab);

    /// `mac` is in the file and will not be given out.
    void reserve(const MacAddress& mac);
    /// The address of an interface. One that is taken already is hashed again with a count behind
    /// it, so who comes first keeps what it has.
    MacAddress make(std::string_view node, std::string_view interface);

private:
    std::string lab_;
    std::set<MacAddress> taken_;
};

} // namespace netlab
