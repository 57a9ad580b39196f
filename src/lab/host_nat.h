#pragma once

#include "lab/uplink.h"
#include "netlink/masquerade.h"
#include "netlink/read.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netlab {

/// The way out of a lab whose caller may change the host's network: a veth pair into the node, and
/// an nftables table on the host that has one rule. The pair goes with the node's namespace, the
/// table with Uplink::holder.
class HostNat {
public:
    /// `ipv6`: whether the host forwards that, too. Throws std::system_error.
    HostNat(const Plan& plan, bool ipv6) : plan_(plan), ipv6_(ipv6) {}

    /// Gives the node behind `netns` its uplink. Throws std::system_error, std::runtime_error.
    Uplink open(const UniqueFd& netns);

private:
    bool is_free(std::uint64_t number, const std::vector<InterfaceState>& interfaces) const;
    static void join_host(const std::string& name, const Uplink& uplink, NftSocket& nat, bool ipv6);

    const Plan& plan_;
    bool ipv6_;
};

} // namespace netlab
