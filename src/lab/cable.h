#pragma once

#include "base/address.h"
#include "base/ids.h"
#include "base/impairment.h"
#include "packet/wire_process.h"
#include "sys/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string>

namespace netlab {

/// What carries the frames of a cable.
enum class Carriage : std::uint8_t {
    veth,  ///< a veth pair
    netem, ///< a veth pair with the kernel's netem at its ends
    wire,  ///< two TAPs and the lab's wire process
};

/// `none`, `kernel`, `user`: what a person reads.
std::string_view to_string(Carriage carriage);

/// An interface at one side of a cable.
struct CableSide {
    std::optional<NodeId> node; ///< nullopt: the lab's own namespace
    std::string name;
    int index = 0;
    MacAddress mac{};            ///< all zero: the kernel's choice
    bool up = true;              ///< as the file says
    int bridge = 0;              ///< the index of the bridge that it is a port of, 0 for none
    std::uint32_t end = 0;       ///< which end of the link it is, if it is in a node
    std::uint32_t interface = 0; ///< which of the node's interfaces it is
};

/// What two interfaces are joined by. A link of two ends is one cable; a LAN segment has one for
/// each end, from the node (side 0) to the segment's bridge in the lab's namespace.
struct Cable {
    LinkId link{};
    std::uint32_t mtu = 1500;
    BothWays<CableSide> sides;
    Carriage carriage = Carriage::veth;
    bool down = false;                ///< cut: two TAPs without carrier
    bool unplugged = false;           ///< it is down by `link down`
    std::uint32_t cuts = 0;           ///< faults by which it is down, too
    BothWays<Impairment> entering;    ///< what happens now to frames that enter at each side
    BothWays<UniqueFd> taps;          ///< the far sides of both interfaces, where they are TAPs
    BothWays<WireCounters> counted{}; ///< by the wires between these TAPs before the present one
};

} // namespace netlab
