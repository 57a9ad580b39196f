#include "netlink/deafness.h"
#include "netlink/link_requests.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <optional>

using namespace netlab;
using namespace netlab::test;

namespace {

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// home:eth0 --- eth0:other
struct Pair {
    Home home;
    Neighbour other;

    Pair() {
        carry_out(home.socket, [&](Batch& batch) {
            new_veth(batch, 0, {.name = "eth0"},
                     {.netns = other.pid(), .name = "eth0", .mac = mac("02:00:00:00:00:02")});
        });
        const auto set_up = [](const std::string& number) {
            return "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 "
                   "&& "
                   "ip addr add 10.0.1." +
                   number + "/24 dev eth0 && ip addr add fd00::" + number +
                   "/64 dev eth0 nodad && ip link set lo up && ip link set eth0 up && "
                   "ip addr add 10.0.9." +
                   number + "/32 dev lo";
        };
        REQUIRE(shell(set_up("1")).code == 0);
        REQUIRE(shell_in(other, set_up("2")).code == 0);
        wait_until_ready(home.socket);
        REQUIRE(shell("ip route add 10.0.9.2 via 10.0.1.2").code == 0);
    }

    static bool is_heard(const std::string& address) {
        return shell("ping -c1 -w9 " + address).code == 0;
    }
    static bool is_silent(const std::string& address) {
        return shell("ping -c1 -W1 " + address).code != 0;
    }
};

} // namespace

TEST_CASE("who is deaf to a MAC address hears no packet from it, of either family") {
    const Pair pair;
    REQUIRE(Pair::is_heard("10.0.1.2"));
    REQUIRE(Pair::is_heard("fd00::2"));
    NftSocket socket;
    go_deaf(socket, "netlab-p1", {{mac("02:00:00:00:00:02")}, {}});
    CHECK(Pair::is_silent("10.0.1.2"));
    CHECK(Pair::is_silent("fd00::2"));
    CHECK(Pair::is_silent("10.0.9.2"));
    hear_again(socket, "netlab-p1");
    CHECK(Pair::is_heard("10.0.1.2"));
    CHECK(Pair::is_heard("fd00::2"));
}

TEST_CASE("who is deaf to addresses hears the others of the same sender") {
    const Pair pair;
    NftSocket socket;
    go_deaf(
        socket, "netlab-p1",
        {{},
         {{address("10.0.1.2"), address("10.0.1.7")}, {address("fd00::2"), address("fd00::2")}}});
    CHECK(Pair::is_silent("10.0.1.2"));
    CHECK(Pair::is_silent("fd00::2"));
    CHECK(Pair::is_heard("10.0.9.2"));
}

TEST_CASE("neighbours are found although their packets are dropped") {
    const Pair pair;
    NftSocket socket;
    go_deaf(socket, "netlab-p1",
            {{mac("02:00:00:00:00:02")}, {{address("fd00::2"), address("fd00::2")}}});
    CHECK(Pair::is_silent("fd00::2"));
    CHECK(Pair::is_silent("10.0.1.2"));
    const auto neighbours = shell("ip neigh").output;
    INFO(neighbours);
    CHECK(mentions(neighbours, "10.0.1.2 dev eth0 lladdr 02:00:00:00:00:02"));
    CHECK(mentions(neighbours, "fd00::2 dev eth0 lladdr 02:00:00:00:00:02"));
    CHECK_FALSE(mentions(neighbours, "FAILED"));
}

TEST_CASE("rules of one name do not touch those of another") {
    const Pair pair;
    NftSocket socket;
    go_deaf(socket, "netlab-a", {{mac("02:00:00:00:00:02")}, {}});
    go_deaf(socket, "netlab-b", {{}, {{address("10.0.1.2"), address("10.0.1.2")}}});
    hear_again(socket, "netlab-a");
    CHECK(Pair::is_silent("10.0.1.2"));
    CHECK(Pair::is_heard("fd00::2"));
    hear_again(socket, "netlab-b");
    CHECK(Pair::is_heard("10.0.1.2"));
    CHECK_THROWS(hear_again(socket, "netlab-b"));
    CHECK(shell("nft list ruleset").output.empty());
}

TEST_CASE("the rules are the socket's: others cannot take them away, and with it they go") {
    const Pair pair;
    std::optional<NftSocket> socket{std::in_place};
    go_deaf(*socket, "netlab-p1", {{mac("02:00:00:00:00:02")}, {}});
    CHECK_THROWS(go_deaf(*socket, "netlab-p1", {{}, {{address("::1"), address("::2")}}}));
    shell("nft flush ruleset");
    CHECK(shell("nft delete table inet netlab-p1").code != 0);
    CHECK(Pair::is_silent("10.0.1.2"));
    socket.reset();
    CHECK(Pair::is_heard("10.0.1.2"));
}

TEST_CASE("ten thousand senders are no more trouble than one") {
    const Pair pair;
    Deafness deafness;
    for (unsigned i = 0; i < 10'000; ++i) {
        deafness.macs.push_back({{2, 0, 1, 0, static_cast<std::uint8_t>(i >> 8U),
                                  static_cast<std::uint8_t>(i & 0xffU)}});
        const auto alone = address("fd00:1::").plus(i * 2);
        deafness.ranges.push_back({alone, alone});
    }
    const auto last = address("255.255.255.255");
    deafness.ranges.insert(deafness.ranges.begin(), {last, last});
    NftSocket socket;
    go_deaf(socket, "netlab-p1", deafness);
    CHECK(Pair::is_heard("10.0.1.2"));
    hear_again(socket, "netlab-p1");
}
