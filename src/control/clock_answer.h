#pragma once

#include "base/node_clock.h"
#include "clock/page.h"

#include <optional>

namespace netlab {

/// The clocks of a node, as a command needs them.
struct ClockAnswer {
    std::optional<ClockSetting> wall; ///< if it has ever had a wall clock of its own
    NodeClock file{};                 ///< as the topology file says

    /// Whether it has a time namespace of its own.
    bool has_time_namespace() const { return file.is_shifted(); }
    bool is_plain() const { return !wall && file == NodeClock{}; }
};

} // namespace netlab
