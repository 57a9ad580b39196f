#include "packet/ping.h"
#include "support/catch.h"
#include "support/world.h"
#include "sys/scoped_netns.h"

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

void done(const CommandResult& result) {
    INFO(result.output);
    REQUIRE(result.code == 0);
}

IpAddress address(const char* text) {
    return parse_address(text).value();
}

/// left (10.0.0.1, fd00::1) --- right (10.0.0.2, fd00::2), a veth pair between two network
/// namespaces.
class Pair {
public:
    Pair() {
        done(shell("ip link add left0 netns " + std::to_string(left.pid()) +
                   " type veth peer name right0 netns " + std::to_string(right.pid())));
        set_up(left, "left0", "1");
        set_up(right, "right0", "2");
        add_sender(left);
        add_sender(right);
    }

    std::vector<PingOutcome> ask(const std::vector<PingRequest>& requests,
                                 const PingPace& pace = {}) const {
        return ping(senders, requests, pace);
    }

    Neighbour left;
    Neighbour right;
    std::vector<PingSender> senders;

private:
    static void set_up(const Neighbour& node, const std::string& interface,
                       const std::string& number) {
        done(shell_in(node, "ip link set lo up && ip addr add 10.0.0." + number + "/24 dev " +
                                interface + " && ip addr add fd00::" + number + "/64 dev " +
                                interface + " nodad && ip link set " + interface + " up"));
    }
    void add_sender(const Neighbour& node) {
        const ScopedNetns there{node.pid()};
        senders.emplace_back();
    }
};

} // namespace

// left --- right
TEST_CASE("a ping by each family in both directions is answered, and says how long it took") {
    const Pair pair;
    const auto outcomes = pair.ask({{0, address("10.0.0.2")},
                                    {0, address("fd00::2")},
                                    {1, address("10.0.0.1")},
                                    {1, address("fd00::1")}},
                                   {10, 1s}); // a carrier may still be on its way
    for (const auto& outcome : outcomes) {
        INFO(outcome.trouble);
        REQUIRE(outcome.time);
        CHECK(*outcome.time > 0ns);
        CHECK(*outcome.time < 5s);
        CHECK(outcome.tries >= 1);
        CHECK(outcome.trouble.empty());
    }
}

// left --- right
TEST_CASE("a ping that nothing answers was tried as often as was said, and says so much") {
    const Pair pair;
    done(shell_in(pair.right, "sysctl -qw net.ipv4.icmp_echo_ignore_all=1"));
    const auto outcomes = pair.ask({{0, address("10.0.0.2")}, {0, address("fd00::2")}}, {4, 300ms});
    CHECK_FALSE(outcomes[0].time);
    CHECK(outcomes[0].tries == 4);
    CHECK(outcomes[0].trouble == "no answer");
    CHECK(outcomes[1].time);
}

// left --- right
TEST_CASE("a ping without a route says so at once, and one that somebody refuses says who did") {
    const Pair pair;
    pair.ask({{0, address("10.0.0.2")}}, {10, 1s});
    done(shell_in(pair.left, "ip route add 10.9.0.0/16 via 10.0.0.2"));
    done(shell_in(pair.right, "sysctl -qw net.ipv4.ip_forward=1"));
    const auto outcomes = pair.ask({{0, address("10.8.0.1")}, {0, address("10.9.0.1")}});
    CHECK(outcomes[0].trouble == "no route");
    CHECK(outcomes[1].trouble.starts_with("10.0.0.2 says: "));
}

// left --- right
TEST_CASE("a node that is asked can answer for no other address, and with no time of its own") {
    const Pair pair;
    pair.ask({{0, address("10.0.0.2")}}, {10, 1s});
    const auto answers_with = [&](const std::string& change) {
        done(shell_in(pair.right, "nft \"flush ruleset; table ip t { chain out { type filter hook "
                                  "output priority 0; icmp type echo-reply " +
                                      change + "; }; }\""));
    };
    // The mark is behind 8 bytes of ICMP: the run, the number, when it was sent.
    answers_with("@th,96,32 set 0x01000000");
    const auto elsewhere =
        pair.ask({{0, address("10.0.0.2")}, {0, address("10.0.0.3")}}, {1, 200ms});
    CHECK_FALSE(elsewhere[0].time);
    CHECK_FALSE(elsewhere[1].time);
    answers_with("@th,128,32 set 0x00000080");
    CHECK_FALSE(pair.ask({{0, address("10.0.0.2")}}, {1, 200ms})[0].time);
}

// left --- right
TEST_CASE("thousands of pings at once are all answered") {
    const Pair pair;
    std::vector<PingRequest> requests;
    for (int i = 0; i < 3000; ++i) {
        requests.push_back({0, address("10.0.0.2")});
        requests.push_back({1, address("fd00::1")});
    }
    for (const auto& outcome : pair.ask(requests, {10, 1s})) {
        REQUIRE(outcome.time);
    }
}

} // namespace netlab::test
