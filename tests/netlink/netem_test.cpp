#include "netlink/netem_probe.h"
#include "netlink/one_way_line.h"
#include "netlink/qdisc_requests.h"
#include "support/catch.h"

#include <cerrno>

using namespace netlab;
using namespace netlab::test;

// True on every kernel. What needs netem is in tests/netlink/netem.

namespace {

std::uint32_t limit_of(const OneWayLine::Properties& properties, std::uint32_t mtu = 1500) {
    return netem_limit(impairment_of(properties), mtu);
}

bool starves(const OneWayLine::Properties& properties) {
    return netem_starves_small_frames(impairment_of(properties), OneWayLine::mtu);
}

std::string refusal_of(const NetemAbility& ability, const OneWayLine::Properties& properties) {
    return netem_refuses(ability, impairment_of(properties));
}

} // namespace

TEST_CASE("netem's limit is the queue, the frame being sent and those on the line") {
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "50"}}) == 51);
    CHECK(limit_of({{"rate", "10mbit"}}) == 1001);
    // 10 Mbit/s for 20 ms are 16.5 frames of 1514 bytes.
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "50"}, {"delay", "20ms"}}) == 50 + 17 + 1);
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "50"}, {"delay", "20ms"}}, 9000) == 50 + 3 + 1);
}

TEST_CASE("a queue in bytes holds as many full frames as have room, a part of one for a whole") {
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "15140B"}}) == 11);
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "15141B"}}) == 12);
    CHECK(limit_of({{"rate", "10mbit"}, {"queue", "1B"}}) == 2);
}

TEST_CASE("netem's limit leaves room for the longest delay that the jitter makes") {
    const OneWayLine::Properties uniform{
        {"rate", "12112kbit"}, {"queue", "1"}, {"delay", "100ms"}, {"jitter", "50ms"}};
    CHECK(limit_of(uniform) == 1 + 150 + 1);
    auto pareto = uniform;
    pareto.emplace_back("distribution", "pareto");
    CHECK(limit_of(pareto) == 1 + 300 + 1);
}

TEST_CASE("without a rate netem's limit is 40 Gbit/s for as long as the delay, within reason") {
    CHECK(limit_of({}) == 10'000);
    CHECK(limit_of({{"delay", "1ms"}}) == 10'000);
    CHECK(limit_of({{"delay", "10ms"}}) == 33'026);
    CHECK(limit_of({{"delay", "60s"}}) == 1'000'000);
}

TEST_CASE("no rate makes netem hold more than a million frames for the line") {
    CHECK(limit_of({{"rate", "400gbit"}, {"delay", "60s"}}) == 1000 + 1'000'000 + 1);
    CHECK(limit_of({{"rate", "400gbit"}, {"queue", "1000000"}, {"delay", "60s"}}) == 2'000'001);
    CHECK(starves({{"rate", "400gbit"}, {"delay", "60s"}}));
}

TEST_CASE("netem starves small frames where half of its queue does not hold those on the line") {
    CHECK(!starves({}));
    CHECK(!starves({{"delay", "60s"}}));
    CHECK(!starves({{"rate", "1gbit"}}));
    // 417 of 60 bytes are on the line, and 17 full ones.
    CHECK(!starves({{"rate", "10mbit"}, {"delay", "20ms"}}));
    CHECK(!starves({{"rate", "10mbit"}, {"delay", "20ms"}, {"queue", "800"}}));
    CHECK(starves({{"rate", "10mbit"}, {"delay", "20ms"}, {"queue", "799"}}));
    CHECK(starves({{"rate", "1mbit"}, {"delay", "500ms"}, {"queue", "10"}}));
    CHECK(!starves({{"rate", "1mbit"}, {"delay", "500us"}, {"queue", "10"}}));
}

// Between two requests frames would go unshaped, and a second one that is refused leave none.
TEST_CASE("a new netem comes in the place of the old one by one request") {
    Batch batch;
    renew_netem(batch, 0, 1, 0, impairment_of({{"rate", "1mbit"}}), OneWayLine::mtu);
    CHECK(batch.size() == 1);
}

TEST_CASE("a backlog that would take over a second at the old rate does not outlive it") {
    const auto slow = impairment_of({{"rate", "1kbit"}, {"delay", "500ms"}});
    const auto fast = impairment_of({{"rate", "100mbit"}});
    CHECK(backlog_outlives_rate(100'000, slow, fast));
    CHECK(backlog_outlives_rate(100'000, slow, {}));
    CHECK(backlog_outlives_rate(188, slow, fast)); // 1.504 s, of which 0.5 s are on the line
    CHECK(!backlog_outlives_rate(187, slow, fast));
    CHECK(!backlog_outlives_rate(100'000, slow, slow));
    CHECK(!backlog_outlives_rate(100'000'000, fast, slow));
    CHECK(!backlog_outlives_rate(100'000, {}, fast));
}

TEST_CASE("a kernel without qdiscs, or one that forbids them, is one without netem") {
    CHECK(tells_of_no_netem(RequestError{ENOENT, 0, {}}.code()));
    CHECK(tells_of_no_netem(RequestError{EOPNOTSUPP, 0, {}}.code()));
    CHECK(tells_of_no_netem(RequestError{EPERM, 0, {}}.code()));
    CHECK(!tells_of_no_netem(RequestError{ENOMEM, 0, {}}.code()));
    CHECK(!tells_of_no_netem(RequestError{EINVAL, 0, {}}.code()));
}

TEST_CASE("what netem cannot do is told in words") {
    const NetemAbility none{false, false, "Specified qdisc kind is unknown"};
    CHECK(refusal_of(none, {{"delay", "1ms"}}) ==
          "this kernel has no netem (Specified qdisc kind is unknown)");
    const NetemAbility old{true, false, {}};
    CHECK(refusal_of(old, {{"delay", "1ms"}, {"loss", "p=1%,r=20%"}}).empty());
    CHECK(refusal_of(old, {{"delay", "10s"}, {"jitter", "3s"}}) ==
          "netem's jitter is 2.147 s at most");
    CHECK(refusal_of(old, {{"loss", "1%"}, {"seed", "1"}}) ==
          "this kernel's netem has no seed (Linux 6.6 has)");
    const NetemAbility young{true, true, {}};
    CHECK(refusal_of(young, {{"loss", "1%"}, {"seed", "1"}}).empty());
    CHECK(refusal_of(young, {{"corrupt", "1%"}, {"seed", "1"}}) ==
          "netem's seed does not reach its correlation and its corruption");
    CHECK(refusal_of(young, {{"delay", "9ms"}, {"reorder", "1%"}}).empty());
    CHECK(refusal_of(young, {{"delay", "9ms"}, {"reorder", "1%"}, {"rate", "1mbit"}}) ==
          "netem's reordered frames pay no heed to its rate");
    CHECK(refusal_of(young, {{"rate", "100bit"}}) ==
          "netem has rates in whole bytes a second, and would make 104bit of 100bit");
    CHECK(refusal_of(young, {{"rate", "104bit"}}).empty());
    CHECK(refusal_of(young, {{"rate", "1001bit"}}).empty());
    Impairment traced;
    traced.trace.trace = std::make_shared<Trace>(Trace{"up", {1}});
    CHECK(netem_refuses(young, traced) == "netem plays no traces");
}

TEST_CASE("the probe says what tc finds, and leaves lo as it was") {
    Home home;
    const auto before = shell("tc qdisc show dev lo").output;
    const auto ability = try_netem();
    CHECK(shell("tc qdisc show dev lo").output == before);
    const auto tc = shell("tc qdisc add dev lo root netem delay 1ms");
    INFO(tc.output);
    CHECK(ability.netem == (tc.code == 0));
    CHECK(ability.netem == ability.why.empty());
}

TEST_CASE(
    "a request for netem is carried out where there is one, and refused where there is none") {
    OneWayLine line;
    if (try_netem().netem) {
        CHECK_NOTHROW(line.shape({{"delay", "1ms"}}));
        CHECK(line.qdisc().kind == "netem");
    } else {
        CHECK_THROWS_AS(line.shape({{"delay", "1ms"}}), RequestError);
        CHECK(line.qdisc().kind == "noqueue");
    }
}

TEST_CASE("the root qdiscs read back are those that tc prints, with their counters") {
    OneWayLine line;
    CHECK(line.qdisc().kind == "noqueue");
    REQUIRE(shell("tc qdisc add dev eth0 root tbf rate 80kbit burst 1600 limit 5000").code == 0);
    line.send(0, 20, 1000);
    const auto state = line.qdisc();
    CHECK(state.kind == "tbf");
    CHECK(state.waiting >= 3);
    CHECK(state.backlog == state.waiting * 1000);
    CHECK(state.drops + state.waiting + state.packets == 20);
    const auto tc = nlohmann::json::parse(shell("tc -s -json qdisc show dev eth0 root").output);
    CHECK(tc.at(0).at("drops") == state.drops);
}

TEST_CASE("a root qdisc that is not there cannot be deleted") {
    OneWayLine line;
    CHECK_THROWS_AS(carry_out(line.socket(),
                              [](Batch& batch) { delete_root_qdisc(batch, 0, OneWayLine::eth0); }),
                    RequestError);
}

namespace {

constexpr auto receiver = R"py("
import socket
connection = socket.create_server(('10.0.0.2', 5001)).accept()[0]
print(len(b''.join(iter(lambda: connection.recv(1 << 16), b''))))
")py";

constexpr auto sender = R"py("
import socket, time
for attempt in range(100):
    try:
        connection = socket.create_connection(('10.0.0.2', 5001))
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
connection.sendall(bytes(1000000))
")py";

} // namespace

// A qdisc sees TCP's large frames before they are cut.
TEST_CASE("with one segment in a frame a qdisc counts every packet of a TCP connection") {
    OneWayLine line;
    REQUIRE(shell("tc qdisc add dev eth0 root pfifo limit 1000").code == 0);
    carry_out(line.socket(), [](Batch& batch) { set_gso_segments(batch, 0, OneWayLine::eth0, 1); });
    CHECK(ip("link show dev eth0").at(0).at("gso_max_segs") == 1);
    const auto sent = shell("nsenter --net=/proc/" + std::to_string(line.far_side().pid()) +
                            "/ns/net timeout 120 python3 -c " + receiver + " & " +
                            "timeout 120 python3 -c " + sender + "; wait");
    INFO(sent.output);
    CHECK(sent.output == "1000000\n");
    CHECK(line.qdisc().packets >= 1'000'000 / 1448);
}
