#include "packet/wake_lead.h"

#include <algorithm>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// Later than this is not the processor's sleep: somebody else had it.
constexpr WakeLead::Duration most_lateness = 200us;
constexpr WakeLead::Duration most_credit = 2ms;
constexpr int share_of_time = 20;
/// What one lateness weighs in the mean: as that of TCP's round trips (RFC 6298).
constexpr int weight = 8;

} // namespace

WakeLead::Duration WakeLead::lead() const {
    return credit_ > lateness_ ? lateness_ : Duration::zero();
}

void WakeLead::was_late(Duration by) {
    lateness_ += (std::clamp(by, Duration::zero(), most_lateness) - lateness_) / weight;
}

bool WakeLead::stays_awake(Instant due, Instant now) {
    const auto passed = now - asked_;
    asked_ = now;
    credit_ = awake_ ? credit_ - passed : std::min(most_credit, credit_ + passed / share_of_time);
    awake_ = due - now <= lateness_ && credit_ > Duration::zero();
    return awake_;
}

} // namespace netlab
