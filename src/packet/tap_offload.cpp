#include "packet/tap_offload.h"

#include "sys/check.h"

#include <linux/if_tun.h>
#include <sys/ioctl.h>

namespace netlab {

namespace {

// UDP segments (Linux 6.2): newer than the headers of Debian 12.
constexpr unsigned long udp_segments = 0x20 | 0x40; // TUN_F_USO4, TUN_F_USO6

bool try_offload(const UniqueFd& tap, unsigned long flags) {
    return ::ioctl(tap.get(), TUNSETOFFLOAD, flags) == 0;
}

} // namespace

void set_offload(const UniqueFd& tap, Offload offload) {
    constexpr unsigned long checksums = TUN_F_CSUM;
    constexpr unsigned long tcp = checksums | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    if (offload == Offload::segments && try_offload(tap, tcp | udp_segments)) {
        return;
    }
    check(try_offload(tap, offload == Offload::segments ? tcp : checksums) ? 0 : -1,
          "set the segmentation offload of a TAP");
}

} // namespace netlab
