#include "support/catch.h"
#include "two_nodes.h"

#include <chrono>
#include <csignal>
#include <numeric>
#include <system_error>
#include <thread>

#include <sys/wait.h>

namespace netlab::test {

using namespace std::chrono_literals;

namespace {

/// Both directions alike.
BothWays<Impairment> both(const Properties& properties) {
    return {impairment(properties), impairment(properties)};
}

std::vector<int> up_to(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 1);
    return numbers;
}

/// The shortest round trip of `count` pings, in milliseconds.
double shortest_round_trip(const TwoNodes& nodes, int count) {
    const auto result = shell_in(nodes.left(), "ping -n -q -i 0.05 -W 10 -c " +
                                                   std::to_string(count) + " 10.0.0.2");
    const auto place = result.output.find("mdev = ");
    INFO(result.output);
    REQUIRE(place != std::string::npos);
    return std::stod(result.output.substr(place + 7));
}

/// Left and right with a wire of these properties between them.
struct Connected {
    explicit Connected(FrameCalls calls, const Properties& properties = {},
                       std::uint32_t mtu = 1500)
        : nodes(mtu), wires(calls) {
        wires->connect(1, nodes.taps()[0], nodes.taps()[1], both(properties));
        nodes.carrier(true);
    }

    TwoNodes nodes;
    ReapedWires wires;
};

} // namespace

// left --- right, as in all tests of this file
TEST_CASE("a wire carries what each end sends, in both families") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    const auto ping = shell_in(
        lab.nodes.left(), "ping -c 3 -i 0.01 -W 10 10.0.0.2 && ping -c 3 -i 0.01 -W 10 fd00::2");
    INFO(ping.output);
    CHECK(ping.code == 0);
    const auto counters = lab.wires->counters(1);
    for (const auto& way : counters) {
        CHECK(way.frames >= 6);
        CHECK(way.bytes >= 3 * 98 + 3 * 118);
        CHECK(way.lost == 0);
        CHECK(way.waiting == 0);
    }
}

TEST_CASE("frames of an MTU of 9000 and frames with a VLAN tag pass") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls, {{"delay", "1ms"}, {"jitter", "100us"}}, 9000};
    CHECK(answered_pings(lab.nodes, 2, "-i 0.05 -W 10 -M do -s 8972") == up_to(2));
    const auto before = lab.wires->counters(1)[0].frames;
    lab.nodes.send_from_left(std::string("\2\0\0\0\0\2\2\0\0\0\0\1\x81\0\0\x07\x08\x06", 18) +
                             std::string(42, 'x'));
    CHECK(eventually([&] { return lab.wires->counters(1)[0].frames == before + 1; }));
    CHECK(received_packets(lab.nodes.right()) == lab.wires->counters(1)[0].frames);
}

TEST_CASE("a delay is never shorter than it says, in each direction") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    lab.wires->shape(1, {impairment({{"delay", "30ms"}}), {}});
    const double one = shortest_round_trip(lab.nodes, 3);
    CHECK(one >= 30);
    CHECK(one < 2000);
    lab.wires->shape(1, both({{"delay", "30ms"}}));
    CHECK(shortest_round_trip(lab.nodes, 3) >= 60);
}

TEST_CASE("with a seed the same pings are lost in two runs") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    const Properties properties{{"loss", "30%"}, {"seed", "5"}};
    const auto run = [&] {
        Connected lab{calls};
        // The kernel's own reports of multicast groups would be counted with the pings.
        shell_in(lab.nodes.left(), "sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1");
        answered_pings(lab.nodes, 1, "-W 10");
        lab.wires->shape(1, {impairment(properties), {}});
        return answered_pings(lab.nodes, 30, "-i 0.01 -W 2");
    };
    const auto first = run();
    CHECK(first.size() < 30);
    CHECK(first.size() > 5);
    CHECK(first == run());
}

TEST_CASE("a change of one direction does not begin the seed of the other anew") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    const auto lossy = impairment({{"loss", "30%"}, {"seed", "5"}});
    const auto run = [&](const std::vector<Properties>& back) {
        Connected lab{calls};
        shell_in(lab.nodes.left(), "sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1");
        answered_pings(lab.nodes, 1, "-W 10");
        std::vector<std::vector<int>> answered;
        for (const auto& properties : back) {
            lab.wires->shape(1, {lossy, impairment(properties)});
            auto pings = answered_pings(lab.nodes, 25, "-i 0.01 -W 2");
            // Once ping has sent its last it hardly waits for answers any more.
            std::erase_if(pings, [](int number) { return number > 15; });
            answered.push_back(std::move(pings));
        }
        return answered;
    };
    const auto changed = run({{}, {{"delay", "1ms"}}});
    CHECK(changed == run({{}, {}}));
    CHECK(changed[0] != changed[1]);
}

TEST_CASE("a link that loses all says how many") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    lab.wires->shape(1, {impairment({{"loss", "100%"}}), {}});
    CHECK(answered_pings(lab.nodes, 5, "-i 0.01 -W 0.2").empty());
    CHECK(lab.wires->counters(1)[0].lost >= 5);
    CHECK(lab.wires->counters(1)[1].lost == 0);
}

TEST_CASE("a link that duplicates answers each ping twice") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    lab.wires->shape(1, {impairment({{"duplicate", "100%"}}), {}});
    const auto ping = shell_in(lab.nodes.left(), "ping -n -c 3 -i 0.05 -W 10 10.0.0.2");
    CHECK(ping.output.find("DUP!") != std::string::npos);
}

TEST_CASE("a corrupted packet fails its checksum at the receiver, and nothing else happens") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    lab.wires->shape(1, {impairment({{"corrupt", "100%"}}), {}});
    CHECK(answered_pings(lab.nodes, 10, "-i 0.01 -W 0.2 -s 1000").empty());
    lab.wires->shape(1, {});
    CHECK(answered_pings(lab.nodes, 3, "-i 0.01 -W 10") == up_to(3));
}

TEST_CASE("TCP passes where its segments are cut, and where they are not") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    for (const auto& properties :
         {Properties{}, Properties{{"delay", "1ms"}},
          Properties{{"loss", "0.1%"}, {"corrupt", "0.1%"}}, Properties{{"rate", "200mbit"}}}) {
        Connected lab{calls, properties};
        INFO(to_string(impairment(properties)));
        CHECK(sent_by_tcp(lab.nodes, 1'000'000));
    }
}

TEST_CASE("a thousand changes while pings flow lose none of them, and the last one stands") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls, {{"delay", "1ms"}}};
    std::vector<int> answered;
    std::thread pings{[&] { answered = answered_pings(lab.nodes, 30, "-i 0.02 -W 10"); }};
    for (int i = 0; i < 1000; ++i) {
        lab.wires->shape(1, both({{"delay", i % 2 == 0 ? "2ms" : "1ms"}, {"rate", "1gbit"}}));
    }
    lab.wires->shape(1, both({{"delay", "40ms"}}));
    pings.join();
    CHECK(answered.size() == 30);
    CHECK(shortest_round_trip(lab.nodes, 2) >= 80);
}

TEST_CASE("frames under way keep their time when the delay changes") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls, {{"delay", "1s"}}};
    lab.nodes.send_from_left(std::string(60, 'x'));
    REQUIRE(eventually([&] { return lab.wires->counters(1)[0].waiting == 1; }));
    lab.wires->shape(1, {});
    CHECK(lab.wires->counters(1)[0].waiting == 1);
    CHECK(eventually([&] { return lab.wires->counters(1)[0].waiting == 0; }));
    CHECK(lab.wires->counters(1)[0].frames >= 1);
}

TEST_CASE("a wire that is disconnected carries nothing, and forgets what was under way") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls, {{"delay", "1s"}}};
    lab.nodes.send_from_left(std::string(60, 'x'));
    REQUIRE(eventually([&] { return lab.wires->counters(1)[0].waiting == 1; }));
    const auto before = received_packets(lab.nodes.right());
    lab.wires->disconnect(1);
    CHECK(answered_pings(lab.nodes, 3, "-i 0.5 -W 0.2").empty());
    lab.wires->connect(1, lab.nodes.taps()[0], lab.nodes.taps()[1], {});
    // Nor does what was sent meanwhile come out when it is connected again.
    CHECK(lab.wires->counters(1)[0].frames == 0);
    CHECK(received_packets(lab.nodes.right()) == before);
    CHECK(answered_pings(lab.nodes, 2, "-i 0.05 -W 10") == up_to(2));
}

TEST_CASE("without a carrier the ends know it, and nothing passes") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    Connected lab{calls};
    lab.nodes.carrier(false);
    CHECK(shell_in(lab.nodes.left(), "ip link show wire0").output.find("NO-CARRIER") !=
          std::string::npos);
    CHECK(answered_pings(lab.nodes, 1, "-W 0.2").empty());
    lab.nodes.carrier(true);
    CHECK(eventually([&] { return answered_pings(lab.nodes, 1, "-W 1").size() == 1; }));
}

} // namespace netlab::test
