#include "netlink/read.h"
#include "netlink/readiness.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <chrono>
#include <set>
#include <thread>

using namespace netlab;
using namespace netlab::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> port_states() {
    std::vector<std::string> states;
    for (const auto& state : Reader{}.interfaces()) {
        if (!state.port_state.empty()) {
            states.push_back(state.port_state);
        }
    }
    return states;
}

} // namespace

// a --- b
TEST_CASE("links are not ready before both ends are up, and soon after") {
    Home home;
    CHECK(links_ready(home.socket)); // lo does not count
    carry_out(home.socket, [](Batch& batch) {
        new_veth(batch, 0, {.name = "a", .index = 10}, {.name = "b", .index = 11});
    });
    CHECK(!links_ready(home.socket));
    carry_out(home.socket, [](Batch& batch) { set_up(batch, 0, 10); });
    std::this_thread::sleep_for(50ms);
    const auto waiting = links_ready(home.socket, {11});
    CHECK(!waiting);
    CHECK(waiting.waiting_for == "a");
    carry_out(home.socket, [](Batch& batch) { set_up(batch, 0, 11); });
    wait_until_ready(home.socket);
    const auto ready = links_ready(home.socket);
    CHECK(ready.all_up);
    CHECK(ready.waiting_for.empty());
}

TEST_CASE("interfaces that are down on purpose are not waited for") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_veth(batch, 0, {.name = "a", .index = 10}, {.name = "b", .index = 11});
    });
    CHECK(!links_ready(home.socket, {10}));
    CHECK(links_ready(home.socket, {10, 11}));
}

TEST_CASE("a bridge is waited for when it has a port that is") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_bridge(batch, 0, {.name = "br0", .index = 20});
        set_up(batch, 0, 20);
    });
    CHECK(links_ready(home.socket));
    carry_out(home.socket, [](Batch& batch) {
        new_veth(batch, 0, {.name = "port", .index = 21}, {.name = "host", .index = 22});
        set_master(batch, 0, 21, 20);
    });
    CHECK(!links_ready(home.socket));
    CHECK(links_ready(home.socket, {21, 22}));
    carry_out(home.socket, [](Batch& batch) {
        set_down(batch, 0, 20);
        set_up(batch, 0, 21);
        set_up(batch, 0, 22);
    });
    std::this_thread::sleep_for(50ms);
    CHECK(!links_ready(home.socket));
    carry_out(home.socket, [](Batch& batch) { set_up(batch, 0, 20); });
    wait_until_ready(home.socket);
}

// The kernel's own queue of link events handles 100 interfaces at once and 200 more each second.
TEST_CASE("200 links are ready soon after they are set up") {
    Home home;
    Batch batch;
    for (int i = 0; i < 200; ++i) {
        const auto name = "eth" + std::to_string(i);
        new_veth(batch, 0, {.name = name, .index = 100 + 2 * i},
                 {.name = name + "p", .index = 101 + 2 * i});
    }
    for (int index = 100; index < 500; ++index) {
        set_up(batch, 0, index);
    }
    home.socket.execute(batch);
    wait_until_ready(home.socket);
    SUCCEED();
}

// br0 [ port0 port1 ] ==== [ port2 port3 ] br1: two parallel links, one of which STP must block
TEST_CASE("bridge ports are waited for until STP has settled") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        new_bridge(batch, 0, {.name = "br0", .index = 20, .stp = true, .forward_delay = 2s});
        new_bridge(batch, 0, {.name = "br1", .index = 21, .stp = true, .forward_delay = 2s});
        new_veth(batch, 0, {.name = "port0", .index = 30}, {.name = "port2", .index = 32});
        new_veth(batch, 0, {.name = "port1", .index = 31}, {.name = "port3", .index = 33});
        for (const int port : {30, 31, 32, 33}) {
            set_master(batch, 0, port, port < 32 ? 20 : 21);
        }
        for (const int index : {30, 31, 32, 33, 20, 21}) {
            set_up(batch, 0, index);
        }
    });
    std::this_thread::sleep_for(200ms);
    std::set<std::string> seen;
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!links_ready(home.socket) && std::chrono::steady_clock::now() < deadline) {
        for (const auto& state : port_states()) {
            seen.insert(state);
        }
        std::this_thread::sleep_for(50ms);
    }
    CHECK(links_ready(home.socket));
    CHECK(seen.count("listening") == 1);
    CHECK(seen.count("learning") == 1);
    const auto settled = port_states();
    CHECK(std::count(settled.begin(), settled.end(), "forwarding") == 3);
    CHECK(std::count(settled.begin(), settled.end(), "blocking") == 1);
}

TEST_CASE("interfaces of kinds that netlab does not make are not waited for") {
    Home home;
    REQUIRE(shell("ip link add vxlan0 type vxlan id 1 dstport 4789").code == 0);
    CHECK(links_ready(home.socket));
}
