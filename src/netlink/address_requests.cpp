#include "netlink/address_requests.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::uint8_t ipv4_loopback_net = 127;

} // namespace

void add_address(Batch& batch, Tag tag, int index, const IpInterface& address) {
    const bool ipv4 = address.family() == Family::ipv4;
    ifaddrmsg header{};
    header.ifa_family = ipv4 ? AF_INET : AF_INET6;
    header.ifa_prefixlen = address.length;
    header.ifa_flags = ipv4 ? 0 : IFA_F_NODAD;
    header.ifa_scope =
        ipv4 && address.address.bytes[0] == ipv4_loopback_net ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
    header.ifa_index = static_cast<std::uint32_t>(index);
    batch.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, tag, header);
    batch.put(IFA_LOCAL, address.address);
    batch.put(IFA_ADDRESS, address.address);
    if (ipv4 && address.length < 31) {
        batch.put(IFA_BROADCAST, address.subnet().last());
    }
}

} // namespace netlab
