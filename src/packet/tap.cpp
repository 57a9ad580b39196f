#include "packet/tap.h"

#include "packet/tap_offload.h"
#include "packet/tap_queue.h"
#include "packet/virtio_frame.h"
#include "sys/check.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace netlab {

namespace {

/// Frames that the kernel keeps for a reader that is late; what comes beyond is lost without a word
/// to the sender. As many as it keeps of a veth's (net.core.netdev_max_backlog); 8 bytes each, in
/// every interface.
constexpr std::uint32_t ring_length = 1000;

UniqueFd open_tun() {
    constexpr const char* path = "/dev/net/tun";
    UniqueFd fd{::open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (!fd) {
        const int error = errno;
        const bool absent = error == ENOENT || error == ENXIO || error == ENODEV;
        throw_errno(error, std::string{"open "} + path +
                               (absent ? " (netlab's own wires need the kernel's tun driver: "
                                         "'modprobe tun' as root)"
                                       : " (netlab's own wires need it; it is usually open to "
                                         "everybody: 'chmod 666 /dev/net/tun' as root)"));
    }
    return fd;
}

ifreq request_for(const std::string& name) {
    ifreq request{};
    if (name.size() >= sizeof request.ifr_name) {
        throw_errno(ENAMETOOLONG, "make the interface " + name);
    }
    std::ranges::copy(name, request.ifr_name);
    return request;
}

void attach(const UniqueFd& tap, const TapSettings& settings) {
    if (settings.index != 0) {
        const auto index = static_cast<unsigned>(settings.index);
        check(::ioctl(tap.get(), TUNSETIFINDEX, &index), "give interface {} the index {}",
              settings.name, index);
    }
    auto request = request_for(settings.name);
    // IFF_TUN_EXCL: it is made here, or not at all.
    request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL);
    check(::ioctl(tap.get(), TUNSETIFF, &request), "make the interface {}", settings.name);
    const int header = virtio_header_size;
    check(::ioctl(tap.get(), TUNSETVNETHDRSZ, &header), "have virtio-net headers on {}",
          settings.name);
}

void set_link(const TapSettings& settings) {
    const UniqueFd socket{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket")};
    auto request = request_for(settings.name);
    if (settings.mac != MacAddress{}) {
        request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
        std::ranges::copy(settings.mac.bytes, request.ifr_hwaddr.sa_data);
        check(::ioctl(socket.get(), SIOCSIFHWADDR, &request), "give {} its MAC address",
              settings.name);
    }
    request = request_for(settings.name);
    request.ifr_mtu = static_cast<int>(settings.mtu);
    check(::ioctl(socket.get(), SIOCSIFMTU, &request), "give {} an MTU of {}", settings.name,
          settings.mtu);
    set_queue(settings.name, ring_length);
}

} // namespace

UniqueFd open_tap(const TapSettings& settings) {
    auto tap = open_tun();
    attach(tap, settings);
    set_tap_carrier(tap, false);
    set_link(settings);
    set_offload(tap, Offload::segments);
    return tap;
}

void set_tap_carrier(const UniqueFd& tap, bool carrier) {
    const int value = carrier ? 1 : 0;
    check(::ioctl(tap.get(), TUNSETCARRIER, &value), "{} a TAP's cable",
          carrier ? "plug in" : "cut");
}

} // namespace netlab
