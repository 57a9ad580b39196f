#include "lab/host_nat.h"

#include "netlink/address_requests.h"
#include "netlink/link_requests.h"
#include "netlink/socket.h"
#include "sys/check.h"
#include "sys/text_file.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fmt/format.h>
#include <net/if.h>
#include <unistd.h>

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

void set(const std::string& name, const char* family, const char* key, const char* value) {
    const auto path = fmt::format("/proc/sys/net/{}/conf/{}/{}", family, name, key);
    if (::access(path.c_str(), F_OK) == 0) {
        write_file(path, value);
    }
}

/// A node's root is not to be believed: neither the source addresses that it writes, nor what it
/// says of the ways of the network.
void guard(const std::string& name, bool ipv6) {
    set(name, "ipv4", "rp_filter", "1");
    set(name, "ipv4", "accept_redirects", "0");
    set(name, "ipv6", "accept_ra", "0");
    set(name, "ipv6", "accept_redirects", "0");
    set(name, "ipv6", "disable_ipv6", ipv6 ? "0" : "1");
}

} // namespace

/// On this host, which has `interfaces`, and in the lab.
bool HostNat::is_free(std::uint64_t number, const std::vector<InterfaceState>& interfaces) const {
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
    const auto interfaces = Reader{}.interfaces();
    for (std::uint64_t number = 0; number < most_uplinks; ++number) {
        const auto name = fmt::format("netlab{}", number);
        if (!is_free(number, interfaces) || !make_pair(name, netns)) {
            continue;
        }
        Uplink uplink;
        uplink.add(uplink_subnet4(number, length4), 2, 1);
        if (ipv6_) {
            uplink.add(uplink_subnet6(number), 2, 1);
        }
        NftSocket nat;
        join_host(name, uplink, nat, ipv6_);
        uplink.holder = nat.duplicate();
        return uplink;
    }
    throw std::runtime_error{"no subnet of 198.18.0.0/15 is free"};
}

void HostNat::join_host(const std::string& name, const Uplink& uplink, NftSocket& nat, bool ipv6) {
    const auto number = static_cast<int>(::if_nametoindex(name.c_str()));
    check(number - 1, "find the interface {}", name);
    guard(name, ipv6);
    Socket socket;
    Batch batch;
    for (std::size_t i = 0; i < uplink.addresses.size(); ++i) {
        add_address(batch, 0, number, {uplink.gateways[i], uplink.addresses[i].length});
    }
    set_up(batch, 0, number);
    socket.execute(batch);
    for (const auto& address : uplink.addresses) {
        add_masquerade(nat, {name, "!" + name, address.address, true});
    }
}

} // namespace netlab
