#pragma once

#include "base/address.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <string>

namespace netlab {

struct TapSettings {
    std::string name;
    int index = 0;    ///< the interface index wanted; 0: the kernel's choice
    MacAddress mac{}; ///< all zero: the kernel's choice
    std::uint32_t mtu = 1500;
};

/// Makes a TAP interface in the calling thread's network namespace, down, without carrier, and
/// opens its far side: frames with a virtio-net header of 12 bytes (IFF_VNET_HDR), non-blocking.
/// The interface lives as long as some process holds the descriptor. Needs CAP_NET_ADMIN there.
/// Throws std::system_error.
UniqueFd open_tap(const TapSettings& settings);

/// Whether the interface has a carrier (TUNSETCARRIER, Linux 5.0): false is a cut cable. Throws
/// std::system_error.
void set_tap_carrier(const UniqueFd& tap, bool carrier);

} // namespace netlab
