#pragma once

#include "packet/instant.h"

namespace netlab {

/// By how much to wake before a frame is due. A processor that sleeps takes its time to wake, in a
/// virtual machine some 0.1 ms, and a timer that is set for the very moment is late by that. So the
/// lateness is learned, the timer set that much earlier, and the rest waited for awake. No more
/// than a twentieth of the time goes there: dense traffic keeps the processor awake by itself.
class WakeLead {
public:
    using Duration = Instant::duration;

    /// How much earlier to set the timer.
    Duration lead() const;

    /// A timer was late by this.
    void was_late(Duration by);

    /// Whether to stay awake for what is due at `due`. To be asked again until it is not.
    bool stays_awake(Instant due, Instant now);
    bool is_awake() const { return awake_; }

private:
    Duration lateness_{};
    Duration credit_{};
    Instant asked_{}; ///< when it was asked last
    bool awake_ = false;
};

} // namespace netlab
