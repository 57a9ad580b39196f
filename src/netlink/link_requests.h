#pragma once

#include "netlink/batch.h"

#include <chrono>
#include <cstdint>
#include <string_view>

#include <sys/types.h>

namespace netlab {

/// One end of a veth pair as it will be from its first moment.
struct VethEnd {
    pid_t netns = 0; ///< a process in the network namespace it is born in; 0: the socket's own
    std::string_view name{};
    int index = 0; ///< the interface index wanted; 0: the kernel's choice. The peer's counts only
                   ///< beside one here.
    MacAddress mac{}; ///< all zero: the kernel's choice
    std::uint32_t mtu = 1500;
    int netns_fd = -1; ///< in place of `netns`: a descriptor of the namespace
};

/// Equivalent to: `ip link add NAME netns PID index I address MAC mtu M numtxqueues 1 numrxqueues 1
/// type veth peer …`, with both ends down. Needs CAP_NET_ADMIN in the user namespaces that own both
/// network namespaces.
void new_veth(Batch& batch, Tag tag, const VethEnd& end, const VethEnd& peer);

struct BridgeSettings {
    std::string_view name{};
    int index = 0;    ///< 0: the kernel's choice
    MacAddress mac{}; ///< all zero: the kernel's choice, which changes with the ports
    std::uint32_t mtu = 1500;
    bool stp = false;
    std::chrono::seconds forward_delay{2}; ///< with STP: 2 to 30 s, by the kernel
    std::chrono::milliseconds ageing{300'000};
    bool multicast_snooping = false;
};

/// Equivalent to: `ip link add NAME index I address MAC mtu M type bridge stp_state S forward_delay
/// F ageing_time A mcast_snooping N`.
void new_bridge(Batch& batch, Tag tag, const BridgeSettings& settings);

/// Equivalent to: `ip link set INDEX master MASTER`.
void set_master(Batch& batch, Tag tag, int index, int master);

/// Equivalent to: `ip link set INDEX up`.
void set_up(Batch& batch, Tag tag, int index);

/// Equivalent to: `ip link set INDEX down`.
void set_down(Batch& batch, Tag tag, int index);

/// Equivalent to: `ip link set INDEX mtu MTU`.
void set_mtu(Batch& batch, Tag tag, int index, std::uint32_t mtu);

/// Equivalent to: `ip link set INDEX gso_max_segs N`. With 1 no frame that leaves the interface
/// stands for several, so that what shapes it counts and loses them one by one; see
/// docs/decisions/link-engines.md. 65535 is as it was.
void set_gso_segments(Batch& batch, Tag tag, int index, std::uint32_t most);

/// Equivalent to: `ip link delete INDEX`; the other end of a veth pair goes too.
void delete_link(Batch& batch, Tag tag, int index);

} // namespace netlab
