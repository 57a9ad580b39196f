#include "packet/wake_lead.h"

#include <catch2/catch.hpp>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

/// A point of time, so long after the clock's start that there is something to spend.
constexpr Instant start{1h};

WakeLead after_lateness(WakeLead::Duration by) {
    WakeLead wake;
    for (int i = 0; i < 100; ++i) {
        wake.was_late(by);
    }
    wake.stays_awake(Instant::max(), start);
    return wake;
}

} // namespace

TEST_CASE("a wire that was never late sets its timer for the very moment") {
    CHECK(after_lateness(0us).lead() == 0us);
}

TEST_CASE("a wire wakes earlier by as much as it was late, and waits for the rest awake") {
    auto wake = after_lateness(80us);
    CHECK(wake.lead() > 79us);
    CHECK(wake.lead() <= 80us);
    CHECK_FALSE(wake.stays_awake(start + 81us, start));
    CHECK(wake.stays_awake(start + 79us, start));
    CHECK(wake.stays_awake(start + 79us, start + 78us));
    CHECK_FALSE(wake.stays_awake(Instant::max(), start + 79us));
}

TEST_CASE("a wire that somebody else's work kept from its timer does not spin for as long") {
    CHECK(after_lateness(50ms).lead() <= 200us);
    CHECK(after_lateness(-1ms).lead() == 0us);
}

TEST_CASE("a wire spends a twentieth of the time awake without work, and no more") {
    auto wake = after_lateness(100us);
    auto spent = 0us;
    auto now = start;
    for (int i = 0; i < 1'000'000; ++i, now += 1us) {
        // Frames without end, each due in a moment.
        spent += wake.stays_awake(now + 50us, now) ? 1us : 0us;
    }
    CHECK(spent > 30ms);
    CHECK(spent < 60ms);
}

TEST_CASE("a wire that rests loses nothing of what it may spend") {
    auto wake = after_lateness(100us);
    CHECK(wake.stays_awake(start + 50us, start));
    CHECK_FALSE(wake.stays_awake(Instant::max(), start + 60us));
    CHECK(wake.lead() > 0us);
    CHECK(wake.stays_awake(start + 10s, start + 10s - 50us));
}

} // namespace netlab::test
