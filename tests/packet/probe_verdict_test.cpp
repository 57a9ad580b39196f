#include "packet/probe_pace.h"
#include "packet/probe_verdict.h"
#include "support/catch.h"

#include <cmath>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

Impairment with(const std::vector<std::pair<std::string, std::string>>& properties) {
    Impairment impairment;
    for (const auto& [key, text] : properties) {
        REQUIRE_FALSE(set_property(impairment, key, text).has_value());
    }
    return impairment;
}

/// 4000 probes that all took `median`, spread by `spread`.
ProbeStatistics seen(Duration median, Duration spread = 0ms) {
    ProbeStatistics all;
    all.sent = 4000;
    all.arrived = 4000;
    all.timed = 4000;
    all.median = median;
    all.low = median - spread;
    all.high = median + spread;
    return all;
}

FloodCount flood(std::size_t bytes, std::uint64_t frames, Duration time, double over = 1.25) {
    return {bytes,  static_cast<std::uint64_t>(std::llround(static_cast<double>(frames) * over)),
            frames, frames,
            time,   time,
            0ms};
}

} // namespace

TEST_CASE("probes follow each other so slowly that none waits for the line") {
    CHECK(probe_pace({}, 4s).between == 500us);
    const auto slow = with({{"rate", "100kbit"}});
    CHECK(probe_pace(slow, 4s).between == 4 * 4800us); // 60 bytes take 4.8 ms
    CHECK(probe_pace(with({{"rate", "1gbit"}}), 4s).between == 500us);
    const auto jittering = with({{"delay", "20ms"}, {"jitter", "5ms"}, {"rate", "1gbit"}});
    CHECK(probe_pace(jittering, 4s).between == 20ms);
}

TEST_CASE("probes of a long measurement stay within a million") {
    CHECK(10min / probe_pace({}, 10min).between <= 1'200'000);
    CHECK(60min / probe_pace({}, 60min).between <= 1'000'000);
}

TEST_CASE("a late probe is waited for as long as the delay lets it be late") {
    CHECK(probe_pace(with({{"delay", "2s"}, {"jitter", "100ms"}}), 4s).patience >= 2500ms);
}

TEST_CASE("a flood is a quarter faster than the rate, more if frames are lost before the line") {
    const auto plain = flood_pace(with({{"rate", "10mbit"}}), 1500, 1s);
    CHECK(plain.bytes == 1514);
    CHECK(std::abs((plain.between - 968960ns).count()) <= 1); // 1514 * 8 / 12.5 mbit
    const auto lossy = flood_pace(with({{"rate", "10mbit"}, {"loss", "20%"}}), 1500, 1s);
    CHECK(std::abs((lossy.between - 775168ns).count()) <= 1);
}

TEST_CASE("a flood of a slow link has smaller frames, so that enough of them come") {
    const auto slow = flood_pace(with({{"rate", "100kbit"}}), 1500, 1s);
    CHECK(slow.bytes == 250);
    CHECK(flood_pace(with({{"rate", "1kbit"}}), 1500, 1s).bytes == probe_bytes);
}

TEST_CASE("the mean loss of bursts is p / (p + r)") {
    CHECK(mean_loss(with({{"loss", "3%"}}).loss) == Approx(0.03));
    CHECK(mean_loss(with({{"loss", "p=1%,r=19%"}}).loss) == Approx(0.05));
    CHECK(mean_loss({}) == 0);
}

TEST_CASE("the time on the line is part of the delay that is expected") {
    const auto expected = expect_of_probes(with({{"delay", "20ms"}, {"rate", "1mbit"}}));
    CHECK(expected.line == 480us);
    CHECK(expected.delay == 20ms + 480us);
}

TEST_CASE("uniform jitter spreads two thirds of the delays over two thirds of it") {
    const auto expected = expect_of_probes(with({{"delay", "20ms"}, {"jitter", "10ms"}}));
    REQUIRE(expected.spread.has_value());
    CHECK(static_cast<double>(expected.spread->count()) == Approx(6.8e6).epsilon(0.01));
}

TEST_CASE("normal jitter is the standard deviation, which holds 68 % of the delays") {
    const auto asked = with({{"delay", "50ms"}, {"jitter", "5ms"}, {"distribution", "normal"}});
    const auto expected = expect_of_probes(asked);
    REQUIRE(expected.spread.has_value());
    CHECK(static_cast<double>(expected.spread->count()) == Approx(5e6).epsilon(0.02));
    const auto jitter = measured_jitter(asked, seen(50ms, *expected.spread / 2));
    CHECK(static_cast<double>(jitter.count()) == Approx(2.5e6).epsilon(0.01));
}

TEST_CASE("nothing is expected where nothing can be foretold") {
    auto traced = with({{"delay", "20ms"}});
    traced.trace.trace = std::make_shared<const Trace>(Trace{"up", {1}});
    CHECK_FALSE(expect_of_probes(traced).delay.has_value());
    CHECK_FALSE(expect_of_probes(traced).rate.has_value());
    const auto correlated = with({{"loss", "2%"}, {"correlation", "25%"}});
    CHECK_FALSE(expect_of_probes(correlated).loss.has_value());
    CHECK_FALSE(judge_probes(correlated, seen(0ms)).loss.has_value());
}

TEST_CASE("a delay within half a millisecond and a hundredth agrees, one beyond does not") {
    const auto asked = with({{"delay", "100ms"}});
    CHECK(judge_probes(asked, seen(100ms)).delay == true);
    CHECK(judge_probes(asked, seen(101400us)).delay == true);
    CHECK(judge_probes(asked, seen(102ms)).delay == false);
    CHECK(judge_probes(asked, seen(98ms)).delay == false);
    auto few = seen(100ms);
    few.timed = 4;
    CHECK_FALSE(judge_probes(asked, few).delay.has_value());
}

TEST_CASE("a loss agrees when so many lost probes are no surprise") {
    const auto asked = with({{"loss", "2%"}});
    auto all = seen(0ms);
    all.lost = 80; // 2 % of 4000
    CHECK(judge_probes(asked, all).loss == true);
    all.lost = 95;
    CHECK(judge_probes(asked, all).loss == true);
    all.lost = 160;
    CHECK(judge_probes(asked, all).loss == false);
    all.lost = 0;
    CHECK(judge_probes(asked, all).loss == false);
    CHECK(judge_probes({}, all).loss == true);
    all.lost = 40;
    CHECK(judge_probes({}, all).loss == false);
}

TEST_CASE("a rate within two hundredths agrees") {
    const auto asked = with({{"rate", "10mbit"}});
    // 826 frames and one of 1514 bytes in a second: 10.0 mbit
    const auto right = flood(1514, 827, 1s);
    CHECK(measured_rate(right, seen(0ms), false) == Approx(1e7).epsilon(0.001));
    CHECK(judge_rate(asked, seen(0ms), right, false) == true);
    CHECK(judge_rate(asked, seen(0ms), flood(1514, 850, 1s), false) == false);
    CHECK(judge_rate(asked, seen(0ms), flood(1514, 800, 1s), true) == false);
}

TEST_CASE("a flood that was itself too slow, or too short, says nothing of the rate") {
    const auto asked = with({{"rate", "10mbit"}});
    CHECK_FALSE(judge_rate(asked, seen(0ms), flood(1514, 500, 1s), true).has_value());
    CHECK_FALSE(judge_rate(asked, seen(0ms), flood(1514, 9, 1s, 100), true).has_value());
    CHECK_FALSE(judge_rate({}, seen(0ms), flood(1514, 827, 1s), true).has_value());
}

TEST_CASE("a rate too low is no verdict if the sender let the line run dry, one too high is") {
    const auto asked = with({{"rate", "10mbit"}});
    auto slow = flood(1514, 780, 1s, 1.4);
    CHECK(judge_rate(asked, seen(0ms), slow, false) == false);
    slow.idle = 50ms;
    CHECK_FALSE(judge_rate(asked, seen(0ms), slow, false).has_value());
    auto fast = flood(1514, 900, 1s);
    fast.idle = 50ms;
    CHECK(judge_rate(asked, seen(0ms), fast, false) == false);
}

TEST_CASE("loss behind the line is not taken for a lower rate, loss before it is none") {
    const auto asked = with({{"rate", "10mbit"}, {"loss", "10%"}});
    auto lossy = seen(0ms);
    lossy.lost = 400;
    lossy.arrived = 3600;
    auto count = flood(1514, 744, 1s); // 90 % of 827
    count.sent = 1149;
    CHECK(measured_rate(count, lossy, true) == Approx(1e7).epsilon(0.002));
    CHECK(judge_rate(asked, lossy, count, true) == true);
    CHECK(measured_rate(count, lossy, false) == Approx(9e6).epsilon(0.002));
}

} // namespace netlab::test
