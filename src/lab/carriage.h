#pragma once

#include "base/impairment.h"
#include "lab/cable.h"
#include "netlink/netem_probe.h"

#include <cstdint>
#include <string>

namespace netlab {

/// What this kernel can carry shaped frames with, as tried in the lab's own network namespace.
struct Means {
    NetemAbility netem;
    std::string why_no_tap; ///< empty: TAPs can be made
};

/// Throws std::system_error.
Means try_means();

/// What carries a cable, or why nothing can.
struct CarriageChoice {
    Carriage carriage = Carriage::veth;
    std::string why_not; ///< empty: it is chosen
    std::string hint;
};

/// Whether a cable of this engine and these properties needs more than a veth pair.
bool needs_means(Engine engine, const BothWays<Impairment>& entering);

/// A cable that is perfect is a veth pair unless its engine is `user`; another is carried by netem
/// where that can do all of it and its queue is one for small frames too, else by a wire. What is
/// carried by a wire `now` stays with it: a change of carriage is a change of cable.
CarriageChoice choose_carriage(const Means& means, Engine engine,
                               const BothWays<Impairment>& entering, std::uint32_t mtu,
                               Carriage now);

} // namespace netlab
