#include "clock/setting.h"
#include "support/catch.h"

#include <cstdlib>
#include <stdexcept>

namespace netlab::test {

using namespace std::chrono_literals;

TEST_CASE("a clock with a drift is ahead by what it has gained") {
    const ClockSetting setting{1'000'000'000'000, 5, (std::int64_t{1} << rate_bits) / 4};
    CHECK(ahead_at(setting, 1'000'000'000'000) == 5);
    CHECK(ahead_at(setting, 1'000'000'000'400) == 105);
    CHECK(ahead_at(setting, 999'999'999'600) == -95);
}

TEST_CASE("a node's time leads back to the host's") {
    for (const auto drift : {0LL, 200'000LL, -500'000'000LL, 500'000'000LL}) {
        auto setting = make_setting({-7h, drift});
        setting.base -= 86'400'000'000'000; // it has run for a day
        const auto host = host_now();
        const auto back = host_time_of(setting, host + ahead_at(setting, host));
        CHECK(std::abs(back - host) <= 2);
    }
}

TEST_CASE("a new drift leaves the clock where it is") {
    const ClockSetting before{host_now() - 1'000'000'000'000, 3'000'000,
                              (std::int64_t{1} << rate_bits) / 1000};
    const auto after = with_drift(before, -50'000);
    CHECK(ahead_at(after, after.base) == ahead_at(before, after.base));
    CHECK(clock_now(after).drift == -50'000);
    CHECK(clock_now(after).offset < clock_now(before).offset);
}

TEST_CASE("jumps add up, and leave the drift as it is") {
    const auto setting = jumped(jumped(make_setting({2s, 1'000}), 500ms), -3s);
    CHECK(setting.offset == -500'000'000);
    CHECK(clock_now(setting).drift == 1'000);
    CHECK_THROWS_AS(jumped(setting, -most_offset - most_offset), std::overflow_error);
}

} // namespace netlab::test
