#include "other_eyes.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

// left:eth0 --- right:eth1, asked for from a third namespace
TEST_CASE("a veth pair is born with one end in each namespace, under final names") {
    Home home;
    const Neighbour left;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_veth(batch, 0, {left.pid(), "eth0", 7, mac("02:00:00:00:00:01"), 1400},
                 {right.pid(), "eth1", 9, mac("02:00:00:00:00:02"), 1600});
    });

    const auto near = link_in(left, "eth0");
    CHECK(near.at("ifindex") == 7);
    CHECK(near.at("address") == "02:00:00:00:00:01");
    CHECK(near.at("mtu") == 1400);
    CHECK(near.at("link_index") == 9);
    CHECK(near.at("linkinfo").at("info_kind") == "veth");

    const auto far = link_in(right, "eth1");
    CHECK(far.at("ifindex") == 9);
    CHECK(far.at("address") == "02:00:00:00:00:02");
    CHECK(far.at("mtu") == 1600);
    CHECK(far.at("link_index") == 7);

    CHECK(ip("link").size() == 1); // lo: nothing passed through here
}

TEST_CASE("both ends of a veth pair have one queue in each direction") {
    Home home;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_veth(batch, 0, {.name = "eth0"}, {.netns = right.pid(), .name = "eth0"});
    });
    for (const auto& end : {link_in(home.neighbour, "eth0"), link_in(right, "eth0")}) {
        CHECK(end.at("num_tx_queues") == 1);
        CHECK(end.value("num_rx_queues", 1) == 1); // a kernel for one processor does not say
    }
}

// a and b of one pair, both in the socket's own namespace
TEST_CASE("without a process an end is born in the socket's own namespace") {
    Home home;
    carry_out(home.socket, [](Batch& batch) { new_veth(batch, 0, {.name = "a"}, {.name = "b"}); });
    CHECK(link_in(home.neighbour, "a").at("link") == "b");
    CHECK(link_in(home.neighbour, "b").at("link") == "a");
}

// home:port --- right:eth0
TEST_CASE("the end outside and the peer may each be the one that stays at home") {
    Home home;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_veth(batch, 0, {.netns = right.pid(), .name = "eth0"}, {.name = "port0"});
        new_veth(batch, 0, {.name = "port1"}, {.netns = right.pid(), .name = "eth1"});
    });
    CHECK(ip_in(right, "link").size() == 3);
    CHECK(ip("link").size() == 3);
}

TEST_CASE("a MAC address that is not given is made up by the kernel") {
    Home home;
    carry_out(home.socket, [](Batch& batch) { new_veth(batch, 0, {.name = "a"}, {.name = "b"}); });
    CHECK(mac(link_in(home.neighbour, "a").at("address")) != MacAddress{});
}

TEST_CASE("the socket works on after its thread has left the namespace") {
    Neighbour elsewhere;
    std::optional<Socket> socket;
    {
        const ScopedNetns inside{elsewhere.pid()};
        socket.emplace();
    }
    carry_out(*socket, [](Batch& batch) { new_veth(batch, 0, {.name = "a"}, {.name = "b"}); });
    CHECK(ip_in(elsewhere, "link").size() == 3);
}

TEST_CASE("an interface is set up, set down and deleted with its peer") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_veth(batch, 0, {.name = "a", .index = 10}, {.name = "b", .index = 11});
        set_up(batch, 0, 10);
    });
    CHECK(link_in(home.neighbour, "a").at("flags").dump().find("\"UP\"") != std::string::npos);
    carry_out(home.socket, [](Batch& batch) { set_down(batch, 0, 10); });
    CHECK(link_in(home.neighbour, "a").at("flags").dump().find("\"UP\"") == std::string::npos);
    carry_out(home.socket, [](Batch& batch) { delete_link(batch, 0, 11); });
    CHECK(ip("link").size() == 1);
}
