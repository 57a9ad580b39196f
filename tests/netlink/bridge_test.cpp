#include "netlink/readiness.h"
#include "other_eyes.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;
using namespace std::chrono_literals;

TEST_CASE("a bridge is born with its settings") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_bridge(batch, 0,
                   {.name = "br0",
                    .index = 20,
                    .mac = mac("02:00:00:00:00:aa"),
                    .mtu = 1400,
                    .stp = true,
                    .forward_delay = 4s,
                    .ageing = 12'500ms});
    });
    const auto bridge = link_in(home.neighbour, "br0");
    CHECK(bridge.at("ifindex") == 20);
    CHECK(bridge.at("address") == "02:00:00:00:00:aa");
    CHECK(bridge.at("mtu") == 1400);
    const auto& settings = bridge.at("linkinfo").at("info_data");
    CHECK(settings.at("stp_state") == 1);
    CHECK(settings.at("forward_delay") == 400);
    CHECK(settings.at("ageing_time") == 1250);
    CHECK(settings.at("mcast_snooping") == 0);
}

TEST_CASE("a bridge without STP takes any forward delay") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_bridge(batch, 0, {.name = "br0", .forward_delay = 0s, .multicast_snooping = true});
    });
    const auto settings = link_in(home.neighbour, "br0").at("linkinfo").at("info_data");
    CHECK(settings.at("stp_state") == 0);
    CHECK(settings.at("forward_delay") == 0);
    CHECK(settings.at("mcast_snooping") == 1);
}

// br0 [ port ] --- host
TEST_CASE("a port forwards at once on a bridge without STP") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_bridge(batch, 0, {.name = "br0", .index = 20});
        new_veth(batch, 0, {.name = "port", .index = 21}, {.name = "host", .index = 22});
        set_master(batch, 0, 21, 20);
        for (const int index : {20, 21, 22}) {
            set_up(batch, 0, index);
        }
    });
    wait_until_ready(home.socket);
    const auto ports = nlohmann::json::parse(shell("bridge -json link").output);
    REQUIRE(ports.size() == 1);
    CHECK(ports.at(0).at("ifname") == "port");
    CHECK(ports.at(0).at("master") == "br0");
    CHECK(ports.at(0).at("state") == "forwarding");
}
