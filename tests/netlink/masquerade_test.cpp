#include "netlink/masquerade.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <optional>

using namespace netlab;
using namespace netlab::test;

namespace {

/// What nft(8) shows in this thread's network namespace.
std::string ruleset() {
    const auto shown = shell("nft list ruleset");
    REQUIRE(shown.code == 0);
    return shown.output;
}

/// In a table that stays.
void masquerade(const Masquerade& rule) {
    NftSocket socket;
    add_masquerade(socket, rule);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("what leaves by an interface is masqueraded, as nft shows it") {
    const Home home;
    masquerade({"netlab", "uplink", {}});
    const auto rules = ruleset();
    INFO(rules);
    CHECK(has(rules, "table inet netlab"));
    CHECK(has(rules, "type nat hook postrouting priority srcnat"));
    CHECK(has(rules, "oifname \"uplink\" masquerade"));
}

TEST_CASE("an owned table has one source, cannot be changed by others, and goes with its socket") {
    const Home home;
    std::optional<NftSocket> socket{std::in_place};
    add_masquerade(*socket, {"netlab0", "!netlab0", address("198.18.0.2"), true});
    add_masquerade(*socket, {"netlab0", "!netlab0", address("fd00::2"), true});
    const auto rules = ruleset();
    INFO(rules);
    CHECK(has(rules, "ip saddr 198.18.0.2 oifname != \"netlab0\" masquerade"));
    CHECK(has(rules, "ip6 saddr fd00::2 oifname != \"netlab0\" masquerade"));
    CHECK(shell("nft delete table ip netlab0").code != 0);
    socket.reset();
    CHECK(ruleset().empty());
}

TEST_CASE("a table that is there already is an error, and stays as it is") {
    const Home home;
    masquerade({"netlab", "uplink", {}});
    const auto before = ruleset();
    CHECK_THROWS(masquerade({"netlab", "other", {}}));
    CHECK(ruleset() == before);
}

// left:eth0 --- home:inner (router) home:uplink --- right:eth0
TEST_CASE("the other side sees the address of the router, not that of who is behind it") {
    Home home;
    const Neighbour left;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_veth(batch, 0, {.name = "inner"}, {.netns = left.pid(), .name = "eth0"});
        new_veth(batch, 0, {.name = "uplink"}, {.netns = right.pid(), .name = "eth0"});
    });
    const auto ran = shell("ip addr add 10.0.1.1/24 dev inner && ip link set inner up && "
                           "ip addr add 10.0.2.1/24 dev uplink && ip link set uplink up && "
                           "echo 1 >/proc/sys/net/ipv4/ip_forward");
    INFO(ran.output);
    REQUIRE(ran.code == 0);
    REQUIRE(shell_in(left, "ip addr add 10.0.1.2/24 dev eth0 && ip link set eth0 up && "
                           "ip route add default via 10.0.1.1")
                .code == 0);
    // No way back to 10.0.1.0/24 from here.
    REQUIRE(shell_in(right, "ip addr add 10.0.2.2/24 dev eth0 && ip link set eth0 up").code == 0);
    CHECK(shell_in(left, "ping -c1 -W1 10.0.2.2").code != 0);
    masquerade({"netlab", "uplink", {}});
    const auto ping = shell_in(left, "ping -c1 -W5 10.0.2.2");
    INFO(ping.output);
    CHECK(ping.code == 0);
}
