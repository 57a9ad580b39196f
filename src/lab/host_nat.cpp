#include "lab/host_nat.h"

#include "netlink/address_requests.h"
#include "netlink/link_requests.h"
#include "netlink/read.h"
#include "netlink/socket.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fmt/format.h>
#include <net/if.h>

namespace netlab {

namespace {

constexpr std::uint64_t most_uplinks = std::uint64_t{1} << 15U; // of 198.18.0.0/15
constexpr int length4 = 30;

/// False if there is an interface of this name: another lab's, which may be starting now.
bool make_pair(const std::string& name, const UniqueFd& netns) {
    VethEnd host;
    host.name = name;
    VethEnd node;
    node.name = uplink_name;
    node.netns_fd = netns.get();
    Socket socket;
    Batch batch;
    new_veth(batch, 0, host, node);
    try {
        socket.execute(batch);
        return true;
    } catch (const RequestError& error) {
        if (error.code().value() != EEXIST) {
            throw;
        }
        return false;
    }
}

} // namespace

/// On this host and in the lab.
bool HostNat::is_free(std::uint64_t number) const {
    const auto interfaces = Reader{}.interfaces();
    for (const auto& subnet : {uplink_subnet4(number, length4), uplink_subnet6(number)}) {
        const auto clashes = [&](const IpInterface& own) { return own.subnet().overlaps(subnet); };
        if (overlaps(plan_, subnet) ||
            std::ranges::any_of(interfaces, [&](const InterfaceState& interface) {
                return std::ranges::any_of(interface.addresses, clashes);
            })) {
            return false;
        }
    }
    return true;
}

/// The interface's name is what keeps labs apart that start at once.
Uplink HostNat::open(const UniqueFd& netns) {
    for (std::uint64_t number = 0; number < most_uplinks; ++number) {
        const auto name = fmt::format("netlab{}", number);
        if (!is_free(number) || !make_pair(name, netns)) {
            continue;
        }
        Uplink uplink;
        uplink.add(uplink_subnet4(number, length4), 2, 1);
        if (ipv6_) {
            uplink.add(uplink_subnet6(number), 2, 1);
        }
        join_host(name, uplink);
        return uplink;
    }
    throw std::runtime_error{"no subnet of 198.18.0.0/15 is free"};
}

void HostNat::join_host(const std::string& name, const Uplink& uplink) {
    const auto number = static_cast<int>(::if_nametoindex(name.c_str()));
    Socket socket;
    Batch batch;
    for (std::size_t i = 0; i < uplink.addresses.size(); ++i) {
        add_address(batch, 0, number, {uplink.gateways[i], uplink.addresses[i].length});
    }
    set_up(batch, 0, number);
    socket.execute(batch);
    for (const auto& address : uplink.addresses) {
        nat_.add_owned({name, "!" + name, address.address});
    }
}

} // namespace netlab
