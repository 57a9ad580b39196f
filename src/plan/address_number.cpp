#include "plan/address_number.h"

#include <cstddef>

namespace netlab {

AddressNumber to_number(const IpAddress& address) {
    AddressNumber number = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(bits(address.family)) / 8; ++i) {
        number = number << 8U | address.bytes[i];
    }
    return number;
}

IpAddress to_address(Family family, AddressNumber number) {
    IpAddress address{family, {}};
    for (auto i = static_cast<std::size_t>(bits(family)) / 8; i-- > 0; number >>= 8U) {
        address.bytes[i] = static_cast<std::uint8_t>(number & 0xffU);
    }
    return address;
}

} // namespace netlab
