#include "netlink/netem_probe.h"
#include "netlink/one_way_line.h"
#include "netlink/qdisc_requests.h"
#include "support/catch.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

using namespace netlab;
using namespace netlab::test;
using namespace std::chrono_literals;

// What netem does to frames. In all of these: here:eth0 --- there:eth0, shaped here. A busy machine
// may make a frame later than it should be, never earlier; where only little is late, most is not.

namespace {

using Arrivals = std::vector<Arrival>;

Duration median_delay(Arrivals arrivals) {
    REQUIRE(!arrivals.empty());
    const auto middle = arrivals.begin() + static_cast<std::ptrdiff_t>(arrivals.size() / 2);
    std::nth_element(arrivals.begin(), middle, arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.delay < b.delay; });
    return middle->delay;
}

std::pair<Duration, Duration> range_of_delays(const Arrivals& arrivals) {
    REQUIRE(!arrivals.empty());
    const auto [least, most] =
        std::minmax_element(arrivals.begin(), arrivals.end(),
                            [](const Arrival& a, const Arrival& b) { return a.delay < b.delay; });
    return {least->delay, most->delay};
}

/// How many frames each burst of loss took.
std::vector<int> bursts_of_loss(const Arrivals& arrivals) {
    std::vector<int> bursts;
    int next = 0;
    for (const auto& arrival : arrivals) {
        if (arrival.number > next) {
            bursts.push_back(arrival.number - next);
        }
        next = arrival.number + 1;
    }
    return bursts;
}

std::set<int> numbers_of(const Arrivals& arrivals) {
    std::set<int> numbers;
    for (const auto& arrival : arrivals) {
        numbers.insert(arrival.number);
    }
    return numbers;
}

} // namespace

TEST_CASE("20 ms are 20 ms, by ping's clock and by the datagrams'") {
    OneWayLine line;
    line.shape({{"delay", "20ms"}});
    line.send(0, 20);
    const auto arrivals = line.receive();
    REQUIRE(arrivals.size() == 20);
    CHECK(range_of_delays(arrivals).first >= 20ms);
    CHECK(median_delay(arrivals) < 40ms);
    const auto ping = shell("ping -q -c 10 -i 0.02 10.0.0.2");
    INFO(ping.output);
    REQUIRE(ping.code == 0);
    const auto least = std::stod(ping.output.substr(ping.output.find("mdev = ") + 7));
    CHECK(least >= 20.0);
    CHECK(least < 40.0);
}

TEST_CASE("a frame keeps to the rate, and so do those behind it") {
    OneWayLine line;
    line.shape({{"rate", "1mbit"}, {"queue", "200"}});
    line.send(0, 60, 1000);
    const auto arrivals = line.receive();
    REQUIRE(arrivals.size() == 60);
    const Duration of_one = 8ms; // 1000 bytes, header included
    const Duration sent = arrivals.front().time - arrivals.front().delay;
    CHECK(arrivals.front().time - sent >= of_one);
    CHECK(arrivals.back().time - sent >= 60 * of_one);
    CHECK(arrivals.back().time - sent < 2 * 60 * of_one);
}

TEST_CASE("what the queue has no room for is dropped, and counted") {
    OneWayLine line;
    line.shape({{"rate", "100kbit"}, {"queue", "10"}});
    line.send(0, 60, 1000);
    const auto before = line.qdisc();
    const auto arrivals = line.receive(1s);
    // One is being sent; a slow machine gets some more away while it is still sending.
    CHECK(arrivals.size() >= 11);
    CHECK(arrivals.size() <= 16);
    CHECK(before.waiting <= 11);
    CHECK(before.waiting >= 8);
    CHECK(before.backlog == before.waiting * 1000);
    CHECK(line.qdisc().drops == 60 - arrivals.size());
    CHECK(line.qdisc().packets == arrivals.size());
    CHECK(line.qdisc().waiting == 0);
    CHECK(line.qdisc().backlog == 0);
}

TEST_CASE("a long delay does not take the queue's room") {
    OneWayLine line;
    // 40 frames of 1514 bytes are on the line, 10 wait.
    line.shape({{"rate", "1211200bit"}, {"delay", "400ms"}, {"queue", "10"}});
    CHECK(line.options().at("limit") == 51);
}

// One long line, two sizes. Sent at most as fast as the rate, in portions that a slow machine may
// send late.
TEST_CASE("small frames below the rate all cross a long line whose queue netem can keep") {
    OneWayLine line;
    const OneWayLine::Properties long_line{{"rate", "1mbit"}, {"delay", "200ms"}};
    REQUIRE(!netem_starves_small_frames(impairment_of(long_line), OneWayLine::mtu));
    line.shape(long_line);
    constexpr int portion = 12;
    constexpr int portions = 100;
    Arrivals arrivals;
    for (int i = 0; i < portions; ++i) {
        line.send(i * portion, portion, 100);
        std::this_thread::sleep_for(10ms); // 0.96 mbit
        line.take_arrivals(arrivals);
    }
    CHECK(arrivals.size() + line.receive(1s).size() == portion * portions);
    CHECK(line.qdisc().drops == 0);
}

TEST_CASE("small frames starve in netem where netem_starves_small_frames says so") {
    OneWayLine line;
    const OneWayLine::Properties long_line{{"rate", "1mbit"}, {"delay", "500ms"}, {"queue", "10"}};
    REQUIRE(netem_starves_small_frames(impairment_of(long_line), OneWayLine::mtu));
    line.shape(long_line);
    line.send(0, 200, 100); // 160 ms of the line, not one of which is over yet
    CHECK(line.receive(1s).size() < 100);
}

TEST_CASE("full frames wait for the queue's time, and for the line besides") {
    OneWayLine line;
    line.shape({{"rate", "2mbit"}, {"delay", "20ms"}, {"queue", "50"}});
    Arrivals arrivals;
    constexpr int portion = 20; // of 121 ms
    constexpr int portions = 150;
    for (int i = 0; i < portions; ++i) {
        line.send(i * portion, portion, 1514);
        std::this_thread::sleep_for(10ms);
        line.take_arrivals(arrivals);
    }
    for (const auto& last : line.receive()) {
        arrivals.push_back(last);
    }
    REQUIRE(arrivals.size() > 100);
    // 20 ms, 50 frames of 6.056 ms before it, and its own. netem lets in a few more while the line
    // is not full yet.
    std::erase_if(arrivals, [](const Arrival& arrival) { return arrival.number < 1000; });
    CHECK(range_of_delays(arrivals).second >= 325ms);
    CHECK(median_delay(arrivals) < 345ms);
}

TEST_CASE("reordered frames go past netem's rate, which is why it is not asked for both") {
    OneWayLine line;
    line.shape({{"rate", "100kbit"}, {"delay", "1ms"}, {"reorder", "50%"}});
    line.send(0, 100, 1000);
    const auto early = line.receive();
    // 80 ms a frame, if all kept to it.
    const auto sent = early.front().time - early.front().delay;
    const auto at_once = std::ranges::count_if(
        early, [&](const Arrival& arrival) { return arrival.time - sent < 1s; });
    CHECK(at_once > 25);
}

TEST_CASE(
    "frames that wait for a slow rate hold up those of a faster one, and a new netem lets go") {
    OneWayLine line;
    const auto slow = impairment_of({{"rate", "1kbit"}});
    const auto fast = impairment_of({{"rate", "100mbit"}});
    line.shape({{"rate", "1kbit"}});
    line.send(0, 100, 1000);
    CHECK(backlog_outlives_rate(line.qdisc().backlog, slow, fast));
    line.shape({{"rate", "100mbit"}});
    line.send(100, 10);
    CHECK(line.receive(1s).empty());
    const auto renew = [&] {
        const auto handle = line.qdisc().handle;
        carry_out(line.socket(), [&](Batch& batch) {
            renew_netem(batch, 0, OneWayLine::eth0, handle, fast, OneWayLine::mtu);
        });
    };
    renew();
    CHECK(line.options().at("rate").at("rate") == 12'500'000);
    CHECK(line.qdisc().backlog == 0);
    CHECK(line.exchange(100).size() == 100);
    for (int i = 0; i < 2; ++i) {
        line.shape({{"rate", "1kbit"}});
        line.send(0, 100, 1000);
        CHECK(line.qdisc().backlog > 0);
        renew();
        CHECK(line.qdisc().backlog == 0);
    }
    // Where there is none it makes one.
    carry_out(line.socket(), [](Batch& batch) { delete_root_qdisc(batch, 0, OneWayLine::eth0); });
    renew();
    CHECK(line.qdisc().kind == "netem");
}

TEST_CASE("behind netem's rate a shorter delay lets no frame past those that are on the line") {
    OneWayLine line;
    line.shape({{"delay", "1s"}, {"rate", "1gbit"}});
    line.send(0, 1);
    line.shape({{"delay", "1ms"}, {"rate", "1gbit"}});
    line.send(1, 1);
    const auto arrivals = line.receive(2s);
    REQUIRE(arrivals.size() == 2);
    CHECK(arrivals.front().number == 0);
    CHECK(arrivals.back().delay > 500ms);
}

TEST_CASE("loss is as often as it was asked for") {
    OneWayLine line;
    line.shape({{"loss", "10%"}});
    const auto arrivals = line.exchange(4000);
    // Five standard deviations of 19.
    CHECK(arrivals.size() > 3600 - 95);
    CHECK(arrivals.size() < 3600 + 95);
    CHECK(line.qdisc().drops == 4000 - arrivals.size());
    line.shape({{"loss", "100%"}});
    CHECK(line.exchange(100).empty());
    line.shape({{"loss", "0%"}});
    CHECK(line.exchange(1000).size() == 1000);
}

TEST_CASE("a burst of Gilbert-Elliott loss is 1/r long and comes p times") {
    OneWayLine line;
    line.shape({{"loss", "p=2%,r=25%"}});
    const auto arrivals = line.exchange(8000);
    const auto bursts = bursts_of_loss(arrivals);
    const auto lost = static_cast<double>(8000 - arrivals.size());
    const auto count = static_cast<double>(bursts.size());
    // 148 bursts of 4; five standard deviations of either.
    CHECK(std::abs(count - 148) < 57);
    CHECK(std::abs(lost / count - 4) < 1.5);
}

TEST_CASE("a frame that is duplicated comes twice, and one that is corrupted does not come") {
    OneWayLine line;
    line.shape({{"duplicate", "100%"}});
    CHECK(line.exchange(50).size() == 100);
    // Not every bit is one that a checksum guards: a source MAC address may be any.
    line.shape({{"corrupt", "100%"}});
    CHECK(line.exchange(200).size() < 100);
}

TEST_CASE("a share of the frames goes without delay, past those before it") {
    OneWayLine line;
    line.shape({{"delay", "300ms"}, {"reorder", "50%"}});
    const auto arrivals = line.exchange(200);
    REQUIRE(arrivals.size() == 200);
    const auto early = std::count_if(arrivals.begin(), arrivals.end(),
                                     [](const Arrival& arrival) { return arrival.delay < 300ms; });
    CHECK(early > 60);
    CHECK(early < 140);
    CHECK(arrivals.back().delay >= 300ms);
}

// tc does not show the table. The earliest of Pareto's delays is 2/3 of a jitter before the mean.
TEST_CASE("a distribution is replaced by the uniform one, which netem alone would not do") {
    OneWayLine line;
    line.shape({{"delay", "200ms"}, {"jitter", "150ms"}, {"distribution", "pareto"}});
    CHECK(range_of_delays(line.exchange(200)).first >= 99ms);
    line.shape({{"delay", "200ms"}, {"jitter", "150ms"}});
    const auto [least, most] = range_of_delays(line.exchange(200));
    CHECK(least >= 50ms);
    CHECK(least < 95ms);
    CHECK(most > 250ms);
}

TEST_CASE("a change loses no frame that is under way, and hurries none") {
    OneWayLine line;
    line.shape({{"delay", "500ms"}});
    line.send(0, 20);
    line.shape({{"loss", "100%"}});
    line.send(20, 5);
    line.shape({});
    line.send(25, 1);
    const auto arrivals = line.receive(1s);
    REQUIRE(arrivals.size() == 21);
    CHECK(arrivals.front().number == 25);
    for (std::size_t i = 1; i < arrivals.size(); ++i) {
        CHECK(arrivals[i].number == static_cast<int>(i) - 1);
        CHECK(arrivals[i].delay >= 500ms);
    }
}

TEST_CASE("200 changes while frames pass lose none of them") {
    OneWayLine line;
    for (int i = 0; i < 200; ++i) {
        line.shape({{"delay", std::to_string(i % 5) + "ms"}, {"rate", "1gbit"}});
        line.send(i, 1);
    }
    CHECK(line.receive().size() == 200);
    CHECK(line.qdisc().drops == 0);
}

TEST_CASE("a seed, where netem has one, drops the same frames again; where not, it is refused") {
    OneWayLine line;
    const OneWayLine::Properties seeded{{"loss", "20%"}, {"seed", "42"}};
    if (!try_netem().seed) {
        CHECK(!netem_refuses(try_netem(), impairment_of(seeded)).empty());
        return;
    }
    line.shape(seeded);
    const auto first = numbers_of(line.exchange(500));
    line.shape(seeded);
    CHECK(numbers_of(line.exchange(500)) == first);
}
