#pragma once

#include "base/ids.h"
#include "netlink/deafness.h"
#include "plan/plan.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace netlab {

/// By what each node of a lab is known as the sender of a packet, wherever that is seen.
class Senders {
public:
    explicit Senders(const Plan& plan);

    /// The addresses of `senders`, in as few ranges as hold no address of another node's; or one
    /// by one, where these are no more than the ends of ranges. A range does not reach beyond a /16
    /// or /48, so that it takes in nobody outside.
    std::vector<AddressRange> ranges(const std::vector<NodeId>& senders) const;

    /// The MAC addresses by which `receiver` sees packets from `senders`: of those of their
    /// interfaces that are on a link with one of its own, or on one joined to it by switches.
    std::vector<MacAddress> macs(NodeId receiver, const std::vector<NodeId>& senders) const;

    /// The links on which a node sees others, by a number that those have in common which switches
    /// join; rising. Nodes with the same see the same MAC addresses.
    std::vector<std::size_t> whereabouts(NodeId node) const;

private:
    struct Interface {
        NodeId node{};
        MacAddress mac;
    };

    const Plan& plan_;
    std::vector<std::pair<IpAddress, NodeId>> addresses_; ///< of all nodes, rising
    std::vector<std::size_t> domain_of_;                  ///< by LinkId
    std::vector<std::vector<Interface>> domains_;
};

} // namespace netlab
