#pragma once

#include "base/address.h"

namespace netlab {

__extension__ using AddressNumber = unsigned __int128;

/// The address as a number, for counting through a range.
AddressNumber to_number(const IpAddress& address);
IpAddress to_address(Family family, AddressNumber number);

} // namespace netlab
