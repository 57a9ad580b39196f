#include "packet/probe_statistics.h"
#include "support/catch.h"

#include <random>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

/// Arrivals of these frames in this order, each after 1 ms.
std::vector<ProbeArrival> arrivals(const std::vector<std::uint32_t>& sequences) {
    std::vector<ProbeArrival> all;
    for (const auto sequence : sequences) {
        all.push_back({sequence, 1ms});
    }
    return all;
}

} // namespace

TEST_CASE("of probes that all came once and in order nothing is lost, doubled or overtaken") {
    const auto all = summarise(4, arrivals({0, 1, 2, 3}));
    CHECK(all.sent == 4);
    CHECK(all.arrived == 4);
    CHECK(all.lost == 0);
    CHECK(all.bursts == 0);
    CHECK(all.duplicates == 0);
    CHECK(all.overtaking == 0);
    CHECK(all.median == 1ms);
    CHECK(all.deviation == 0ms);
}

TEST_CASE("of no probes, and of none that came, the statistics are zero") {
    CHECK(summarise(0, {}).lost == 0);
    const auto none = summarise(10, {});
    CHECK(none.lost == 10);
    CHECK(none.bursts == 1);
    CHECK(none.arrived == 0);
    CHECK(none.median == 0ms);
}

TEST_CASE("lost probes are counted with the gaps they make, at the edges too") {
    const auto all = summarise(10, arrivals({1, 2, 5, 8}));
    CHECK(all.lost == 6);
    CHECK(all.bursts == 4); // 0; 3, 4; 6, 7; 9
}

TEST_CASE("a probe that comes twice is one that arrived and one duplicate") {
    const auto all = summarise(3, arrivals({0, 0, 1, 2, 1}));
    CHECK(all.arrived == 3);
    CHECK(all.duplicates == 2);
    CHECK(all.lost == 0);
    CHECK(all.overtaking == 0); // a copy that comes late is not a frame out of order
}

TEST_CASE("a damaged probe has arrived, and only its delay is not known") {
    auto some = arrivals({0, 1, 2, 3, 1});
    some[1] = {1, 1h, true};
    some[4] = {1, 1h, true};
    const auto all = summarise(4, some);
    CHECK(all.arrived == 4);
    CHECK(all.damaged == 2);
    CHECK(all.duplicates == 1);
    CHECK(all.lost == 0);
    CHECK(all.bursts == 0);
    CHECK(all.timed == 3);
    CHECK(all.p99 == 1ms);
}

TEST_CASE("a probe overtakes if one that was sent before it comes later") {
    CHECK(summarise(4, arrivals({1, 0, 2, 3})).overtaking == 1);
    CHECK(summarise(4, arrivals({3, 0, 1, 2})).overtaking == 1);
    CHECK(summarise(4, arrivals({3, 2, 1, 0})).overtaking == 3);
    CHECK(summarise(4, arrivals({3, 1})).overtaking == 1);
    CHECK(summarise(4, arrivals({1, 3})).overtaking == 0); // past lost ones nobody goes
}

TEST_CASE("sequence numbers that were never sent count as copies, not as arrivals") {
    const auto all = summarise(2, arrivals({0, 1, 7, 4'000'000'000}));
    CHECK(all.arrived == 2);
    CHECK(all.lost == 0);
}

TEST_CASE("median, quantiles and deviation of delays are those of the definition") {
    std::vector<ProbeArrival> all;
    for (std::uint32_t i = 0; i < 101; ++i) {
        all.push_back({i, 1h + 1us * (100 - i)});
    }
    const auto result = summarise(101, all);
    CHECK(result.median == 1h + 50us);
    CHECK(result.low == 1h + 16us);
    CHECK(result.high == 1h + 84us);
    CHECK(result.p99 == 1h + 99us);
    // (n^2 - 1) / 12 of the numbers 0 to n - 1
    CHECK(static_cast<double>(result.deviation.count()) == Approx(29154.76).margin(1));
}

TEST_CASE("the interval of a share is Wilson's") {
    // From his formula by hand: 10 of 100, 1.96.
    const auto some = share_interval(10, 100, for_95_percent);
    CHECK(some.low == Approx(0.0552).margin(0.0001));
    CHECK(some.high == Approx(0.1744).margin(0.0001));
    const auto none = share_interval(0, 100, for_95_percent);
    CHECK(none.low == Approx(0).margin(1e-9));
    CHECK(none.high == Approx(0.0370).margin(0.0001));
    const auto all = share_interval(100, 100, for_95_percent);
    CHECK(all.high == Approx(1));
    CHECK(all.low == Approx(0.9630).margin(0.0001));
    const auto nothing = share_interval(0, 0, for_95_percent);
    CHECK(nothing.low == 0);
    CHECK(nothing.high == 1);
}

TEST_CASE("the interval is wider for losses in bursts, and holds 99.9 % of them") {
    constexpr double p = 0.01;
    constexpr double r = 0.2;
    constexpr std::uint64_t frames = 4000;
    std::mt19937_64 random{7};
    const auto happens = [&](double chance) {
        return static_cast<double>(random() >> 11U) < chance * 9007199254740992.0;
    };
    int outside = 0;
    for (int run = 0; run < 300; ++run) {
        bool bad = happens(p / (p + r));
        std::uint64_t lost = 0;
        for (std::uint64_t i = 0; i < frames; ++i) {
            bad = bad ? !happens(r) : happens(p);
            lost += bad ? 1 : 0;
        }
        const auto within =
            share_interval(lost, frames, for_999_per_mille, bunching_of_bursts(p, r));
        outside += within.holds(p / (p + r)) ? 0 : 1;
    }
    CHECK(outside <= 3);
    CHECK(bunching_of_bursts(p, r) == Approx((2 - p - r) / (p + r)));
    CHECK(bunching_of_bursts(0, 0) == 1);
}

} // namespace netlab::test
