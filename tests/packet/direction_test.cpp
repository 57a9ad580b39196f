#include "impairments.h"
#include "packet/direction.h"
#include "support/catch.h"

#include <algorithm>
#include <set>
#include <vector>

namespace netlab::test {

using namespace std::chrono_literals;

namespace {

constexpr Instant start{1000s};
constexpr std::size_t full = 1514; ///< bytes of a frame at an MTU of 1500
using Fate = Passage::Fate;

Direction shaped(const Properties& properties, std::uint64_t way = 0) {
    Direction direction{start, way};
    direction.shape(impairment(properties), 4711, start);
    return direction;
}

Duration delay_of(const Passage& passage, Instant sent) {
    REQUIRE(passage.fate == Fate::arrives);
    return passage.arrival - sent;
}

/// Which of `count` frames are lost.
std::vector<int> losses(Direction& direction, int count) {
    std::vector<int> lost;
    for (int i = 0; i < count; ++i) {
        if (direction.enter(start, full).fate == Fate::lost) {
            lost.push_back(i);
        }
    }
    return lost;
}

std::vector<int> losses(const Properties& properties, int count, std::uint64_t way = 0) {
    auto direction = shaped(properties, way);
    return losses(direction, count);
}

std::vector<Duration> delays(const Properties& properties, int count) {
    auto direction = shaped(properties);
    std::vector<Duration> out;
    for (int i = 0; i < count; ++i) {
        out.push_back(delay_of(direction.enter(start, full), start));
    }
    return out;
}

double mean(const std::vector<Duration>& values) {
    double sum = 0;
    for (const auto value : values) {
        sum += std::chrono::duration<double, std::milli>(value).count();
    }
    return sum / static_cast<double>(values.size());
}

} // namespace

TEST_CASE("a perfect direction passes every frame at once") {
    auto direction = shaped({});
    for (int i = 0; i < 100; ++i) {
        const auto passage = direction.enter(start + i * 1us, 60);
        CHECK(delay_of(passage, start + i * 1us) == 0ns);
        CHECK_FALSE(passage.duplicated);
        CHECK_FALSE(passage.corrupted);
    }
}

TEST_CASE("a delay is added to every frame, to the nanosecond") {
    auto direction = shaped({{"delay", "20ms"}});
    CHECK(delay_of(direction.enter(start, 60), start) == 20ms);
    CHECK(delay_of(direction.enter(start + 3ns, full), start + 3ns) == 20ms);
}

TEST_CASE("a rate gives each frame its time on the line, one after the other") {
    auto direction = shaped({{"rate", "10mbit"}, {"delay", "5ms"}});
    CHECK(delay_of(direction.enter(start, full), start) == 1'211'200ns + 5ms);
    CHECK(delay_of(direction.enter(start, full), start) == 2 * 1'211'200ns + 5ms);
    CHECK(delay_of(direction.enter(start + 1s, full), start + 1s) == 1'211'200ns + 5ms);
}

TEST_CASE("a full queue of 50 packets before 10 mbit is 60.56 ms long, and the next is dropped") {
    auto direction = shaped({{"rate", "10mbit"}, {"queue", "50"}});
    direction.enter(start, full); // on the line
    Passage last;
    for (int i = 0; i < 50; ++i) {
        last = direction.enter(start, full);
        REQUIRE(last.fate == Fate::arrives);
    }
    constexpr auto on_the_line = 1'211'200ns;
    CHECK(last.arrival - on_the_line == start + 60'560us);
    CHECK(direction.enter(start, full).fate == Fate::dropped);
    CHECK(direction.enter(start + on_the_line - 1ns, full).fate == Fate::dropped);
    // The line takes the next: a place is free, for one.
    CHECK(direction.enter(start + on_the_line, full).fate == Fate::arrives);
    CHECK(direction.enter(start + on_the_line, full).fate == Fate::dropped);
}

TEST_CASE("a queue of bytes counts bytes") {
    auto direction = shaped({{"rate", "10mbit"}, {"queue", "3000B"}});
    direction.enter(start, full);
    CHECK(direction.enter(start, full).fate == Fate::arrives);
    CHECK(direction.enter(start, 1487).fate == Fate::dropped);
    CHECK(direction.enter(start, 1486).fate == Fate::arrives);
    CHECK(direction.enter(start, 1).fate == Fate::dropped);
}

TEST_CASE("without a queue said, 1000 packets wait") {
    auto direction = shaped({{"rate", "1mbit"}});
    for (int i = 0; i < 1001; ++i) {
        REQUIRE(direction.enter(start, full).fate == Fate::arrives);
    }
    CHECK(direction.enter(start, full).fate == Fate::dropped);
}

TEST_CASE("a frame larger than the whole queue still goes over a free line") {
    auto direction = shaped({{"rate", "1mbit"}, {"queue", "100B"}});
    CHECK(direction.enter(start, full).fate == Fate::arrives);
    CHECK(direction.enter(start, full).fate == Fate::dropped);
}

TEST_CASE("another rate holds for the rest of the frame being sent, those that wait and the next") {
    auto direction = shaped({{"rate", "1mbit"}});
    for (const auto promised : {10ms, 20ms, 30ms}) {
        CHECK(direction.enter(start, 1250).departure == start + promised);
    }
    const auto moved = direction.shape(impairment({{"rate", "10mbit"}}), 1, start + 5ms);
    REQUIRE(moved.size() == 3);
    for (int i = 0; i < 3; ++i) {
        CHECK(moved[static_cast<std::size_t>(i)].from == start + (i + 1) * 10ms);
        CHECK(moved[static_cast<std::size_t>(i)].to == start + 5500us + i * 1ms);
    }
    CHECK(direction.enter(start + 6ms, 1250).departure == start + 8500us);
    CHECK(direction.shape({}, 1, start + 7ms).size() == 2); // one was being sent, one waited
    CHECK(direction.enter(start + 7ms, 1250).departure == start + 7ms);
    CHECK(direction.shape(impairment({{"rate", "10mbit"}}), 1, start + 8ms).empty());
    CHECK(direction.enter(start + 8ms, 1250).departure == start + 9ms);
}

TEST_CASE("what was sent at the slowest rate does not outlive it") {
    auto direction = shaped({{"rate", "100bit"}});
    for (int i = 0; i < 1000; ++i) {
        direction.enter(start, full);
    }
    direction.shape(impairment({{"rate", "100mbit"}}), 1, start + 1s);
    CHECK(direction.enter(start + 1s, full).departure < start + 2s);
}

TEST_CASE("another delay moves no frame that is under way") {
    auto direction = shaped({{"rate", "1mbit"}});
    direction.enter(start, full);
    direction.enter(start, full);
    CHECK(direction.shape(impairment({{"rate", "1mbit"}, {"delay", "5ms"}}), 1, start).empty());
}

TEST_CASE("loss falls on its share of the frames, and on all at 100%") {
    CHECK(losses({{"loss", "100%"}}, 1000).size() == 1000);
    CHECK(losses({}, 1000).empty());
    // 2.576 standard deviations: the 99 % confidence interval.
    for (const auto& [share, count] : {std::pair{"0.1%", 100}, {"1%", 1000}, {"20%", 20000}}) {
        const auto lost = static_cast<double>(losses({{"loss", share}}, 100'000).size());
        const double expected = count;
        const double deviation = std::sqrt(expected * (1 - expected / 100'000));
        CHECK(lost == Approx(expected).margin(2.576 * deviation));
    }
}

TEST_CASE("a seed loses the same frames in every run, others in the other direction") {
    const Properties properties{{"loss", "5%"}, {"seed", "42"}};
    const auto first = losses(properties, 1000);
    CHECK(first == losses(properties, 1000));
    CHECK(first != losses(properties, 1000, 1));
    CHECK(first != losses({{"loss", "5%"}, {"seed", "43"}}, 1000));
    // So that no later version changes what a seed means.
    REQUIRE(first.size() > 4);
    CHECK(std::vector(first.begin(), first.begin() + 4) == std::vector{4, 48, 83, 127});
}

TEST_CASE("what else is set does not change which frames a seed loses") {
    const auto alone = losses({{"loss", "5%"}, {"seed", "42"}}, 1000);
    CHECK(alone == losses({{"loss", "5%"},
                           {"seed", "42"},
                           {"delay", "10ms"},
                           {"jitter", "5ms"},
                           {"duplicate", "10%"},
                           {"corrupt", "10%"},
                           {"reorder", "10%"}},
                          1000));
}

TEST_CASE("a seed given anew begins its series anew") {
    auto direction = shaped({{"loss", "5%"}, {"seed", "42"}});
    const auto first = losses(direction, 1000);
    direction.shape(impairment({{"loss", "5%"}, {"seed", "42"}}), 1, start);
    CHECK(losses(direction, 1000) == first);
}

TEST_CASE("bursts of loss have the mean length 1/r and come in the share p/(p+r)") {
    const auto lost = losses({{"loss", "p=1%,r=20%"}, {"seed", "1"}}, 500'000);
    int bursts = 0;
    for (std::size_t i = 0; i < lost.size(); ++i) {
        bursts += i == 0 || lost[i] != lost[i - 1] + 1 ? 1 : 0;
    }
    CHECK(static_cast<double>(lost.size()) / bursts == Approx(5).epsilon(0.1));
    CHECK(static_cast<double>(lost.size()) / 500'000 == Approx(0.01 / 0.21).epsilon(0.1));
}

TEST_CASE("a correlation draws each choice toward the one before, as netem does") {
    Chance correlated{7, Percentage{Percentage::whole / 2}};
    Random same{7};
    std::uint64_t last = same.next_32(); // netem's series too begins with a number nobody sees
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t value = same.next_32();
        // 50 % of 2^32 - 1, rounded up, and 1.
        constexpr std::uint64_t of_last = 0x80000001;
        last = (value * ((std::uint64_t{1} << 32) - of_last) + last * of_last) >> 32;
        REQUIRE(correlated.draw() == last);
    }
}

TEST_CASE("jitter spreads the delay both ways, and as its distribution says") {
    const auto uniform = delays({{"delay", "20ms"}, {"jitter", "4ms"}, {"seed", "1"}}, 20'000);
    CHECK(*std::ranges::min_element(uniform) >= 16ms);
    CHECK(*std::ranges::max_element(uniform) <= 24ms);
    CHECK(*std::ranges::min_element(uniform) < 16'100us);
    CHECK(*std::ranges::max_element(uniform) > 23'900us);
    CHECK(mean(uniform) == Approx(20).margin(0.1));

    auto normal = delays(
        {{"delay", "20ms"}, {"jitter", "4ms"}, {"distribution", "normal"}, {"seed", "1"}}, 20'000);
    CHECK(mean(normal) == Approx(20).margin(0.2));
    const auto within =
        std::ranges::count_if(normal, [](Duration delay) { return delay > 16ms && delay < 24ms; });
    CHECK(static_cast<double>(within) / 20'000 == Approx(0.683).margin(0.02));
}

TEST_CASE("no jitter makes a frame arrive before it was sent") {
    for (const auto delay :
         delays({{"delay", "4ms"}, {"jitter", "4ms"}, {"distribution", "normal"}}, 10'000)) {
        REQUIRE(delay >= 0ns);
    }
}

TEST_CASE("a minute of jitter is a minute, not what is left of it in 32 bits") {
    const auto long_ones = delays({{"delay", "1m"}, {"jitter", "1m"}, {"seed", "1"}}, 10'000);
    CHECK(*std::ranges::max_element(long_ones) > 119s);
    CHECK(*std::ranges::max_element(long_ones) <= 120s);
    CHECK(mean(long_ones) == Approx(60'000).epsilon(0.03));
}

TEST_CASE("jitter alone reorders; behind a rate it does not") {
    const auto free = delays({{"delay", "20ms"}, {"jitter", "4ms"}}, 1000);
    CHECK_FALSE(std::ranges::is_sorted(free));
    const auto behind = delays({{"delay", "20ms"}, {"jitter", "4ms"}, {"rate", "1gbit"}}, 1000);
    CHECK(std::ranges::is_sorted(behind));
}

TEST_CASE("reordered frames go without the delay, in their share") {
    auto direction = shaped({{"delay", "20ms"}, {"reorder", "25%"}, {"seed", "3"}});
    int early = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto delay = delay_of(direction.enter(start, full), start);
        REQUIRE((delay == 0ms || delay == 20ms));
        early += delay == 0ms ? 1 : 0;
    }
    CHECK(early == Approx(2500).margin(150));
}

TEST_CASE("a frame is duplicated in its share, and corrupted behind the Ethernet header") {
    auto direction = shaped({{"duplicate", "10%"}, {"corrupt", "100%"}, {"seed", "3"}});
    int twice = 0;
    std::set<std::size_t> bits;
    for (int i = 0; i < 10'000; ++i) {
        const auto passage = direction.enter(start, 60);
        twice += passage.duplicated ? 1 : 0;
        REQUIRE(passage.corrupted);
        bits.insert(*passage.corrupted);
    }
    CHECK(twice == Approx(1000).margin(100));
    CHECK(*bits.begin() == 112);
    CHECK(*bits.rbegin() == 479);
    CHECK(bits.size() == 368);
    CHECK_FALSE(direction.enter(start, 14).corrupted);
}

TEST_CASE("segments pass where nothing goes by the frame") {
    CHECK(passes_segments({}));
    CHECK(passes_segments(impairment({{"delay", "20ms"}})));
    for (const auto& key : {"jitter", "duplicate", "corrupt", "reorder", "loss"}) {
        auto other =
            impairment({{"delay", "20ms"}, {key, key == std::string{"jitter"} ? "1ms" : "1%"}});
        CHECK_FALSE(passes_segments(other));
    }
    CHECK_FALSE(passes_segments(impairment({{"rate", "1gbit"}})));
}

} // namespace netlab::test
