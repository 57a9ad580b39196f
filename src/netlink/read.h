#pragma once

#include "base/address.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct nl_sock;

namespace netlab {

struct TrafficCounters {
    std::uint64_t rx_packets = 0;
    std::uint64_t rx_bytes = 0;
    std::uint64_t tx_packets = 0;
    std::uint64_t tx_bytes = 0;
    std::uint64_t tx_dropped = 0; ///< by the interface itself, for want of an other end say
};

/// An interface as the kernel has it now.
struct InterfaceState {
    int index = 0;
    std::string name;
    MacAddress mac;
    std::uint32_t mtu = 0;
    bool up = false;       ///< set up by someone (IFF_UP)
    bool carrier = false;  ///< the other side is there too
    std::string operstate; ///< RFC 2863, as `ip` spells it in lower case: up, down, lowerlayerdown,
                           ///< unknown, …
    std::string kind;      ///< veth, bridge, …; empty for lo
    std::optional<int> master;     ///< index of the bridge it is a port of
    std::string port_state;        ///< of a bridge port: disabled, listening, learning, forwarding,
                                   ///< blocking; or empty
    std::optional<int> peer_index; ///< of a veth: its other end's index, in that end's namespace
    std::vector<IpInterface> addresses;
    TrafficCounters traffic;
};

struct RouteHopState {
    std::optional<IpAddress> via;
    std::string interface;
    int weight = 1;
};

/// A route of the main table as the kernel has it now.
struct RouteState {
    IpPrefix to;
    std::vector<RouteHopState> hops;
    std::uint32_t metric = 0;
    std::string protocol; ///< kernel, boot, static, ospf, …, or its number
    std::string scope;    ///< global, link, host, …
    std::string type;     ///< unicast, blackhole, unreachable, …
};

/// Reads back, through libnl, what is in the network namespace that the calling thread was in when
/// this was made.
class Reader {
public:
    /// Throws std::system_error.
    Reader();

    /// All interfaces by rising index. Throws std::system_error.
    std::vector<InterfaceState> interfaces();
    /// The main table of both families, without local, broadcast and multicast entries. Throws
    /// std::system_error.
    std::vector<RouteState> routes();

private:
    struct Free {
        void operator()(nl_sock* socket) const;
    };
    std::unique_ptr<nl_sock, Free> socket_;
};

} // namespace netlab
