#include "netlink/address_requests.h"
#include "netlink/read.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <algorithm>
#include <cctype>
#include <chrono>

using namespace netlab;
using namespace netlab::test;

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<std::string> addresses_by_ip(const nlohmann::json& link) {
    std::vector<std::string> result;
    for (const auto& entry : link.at("addr_info")) {
        result.push_back(entry.at("local").get<std::string>() + "/" +
                         std::to_string(entry.at("prefixlen").get<int>()));
    }
    return result;
}

void check_same(const InterfaceState& state, const nlohmann::json& link) {
    CHECK(state.index == link.at("ifindex"));
    CHECK(state.name == link.at("ifname"));
    CHECK(to_string(state.mac) == link.at("address"));
    CHECK(state.mtu == link.at("mtu"));
    CHECK(state.operstate == lower(link.at("operstate")));
    const auto flags = link.at("flags").get<std::vector<std::string>>();
    CHECK(state.up == (std::count(flags.begin(), flags.end(), "UP") == 1));
    CHECK(state.carrier == (std::count(flags.begin(), flags.end(), "LOWER_UP") == 1));
    CHECK(state.kind == link.value("/linkinfo/info_kind"_json_pointer, ""));
    CHECK(state.port_state == link.value("/linkinfo/info_slave_data/state"_json_pointer, ""));
    CHECK(state.master.has_value() == link.contains("master"));
    std::vector<std::string> addresses;
    for (const auto& address : state.addresses) {
        addresses.push_back(to_string(address));
    }
    CHECK(addresses == addresses_by_ip(link));
}

} // namespace

// right:eth0 --- port [ br0 ]    a --- b (down)
TEST_CASE("the interfaces read back are those that ip prints") {
    Home home;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_bridge(batch, 0, {.name = "br0", .index = 20});
        new_veth(batch, 0, {.name = "port", .index = 21},
                 {.netns = right.pid(), .name = "eth0", .index = 5});
        new_veth(batch, 0, {.name = "a", .index = 22, .mtu = 9000}, {.name = "b", .index = 23});
        set_master(batch, 0, 21, 20);
        for (const int index : {1, 20, 21, 22}) {
            set_up(batch, 0, index);
        }
        add_address(batch, 0, 20, interface_address("10.0.0.1/24"));
        add_address(batch, 0, 20, interface_address("fd00::1/64"));
    });
    // Until the kernel has noticed that a has no carrier, and what else it has to notice.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (Reader{}.interfaces().at(3).operstate != "lowerlayerdown" &&
           std::chrono::steady_clock::now() < deadline) {
        shell("sleep 0.1");
    }
    shell("sleep 0.2");
    const auto links = ip("address");
    const auto states = Reader{}.interfaces();
    REQUIRE(states.size() == links.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        INFO(links.at(i).dump(2));
        check_same(states[i], links.at(i));
    }
    CHECK(states[2].master == 20);
    CHECK(states[2].peer_index == 5);
    CHECK(states[3].operstate == "lowerlayerdown");
    CHECK(!states[3].carrier);
    CHECK(!states[4].up);
}

TEST_CASE("traffic is counted") {
    Home home;
    const Neighbour right;
    carry_out(home.socket, [&](Batch& batch) {
        new_veth(batch, 0, {.name = "eth0", .index = 5},
                 {.netns = right.pid(), .name = "eth0", .index = 6});
        add_address(batch, 0, 5, interface_address("10.0.0.1/24"));
        set_up(batch, 0, 5);
    });
    shell_in(right, "ip address add 10.0.0.2/24 dev eth0; ip link set eth0 up");
    wait_until_ready(home.socket);
    CHECK(shell("ping -c 3 -i 0.01 -W 1 10.0.0.2").code == 0);
    const auto traffic = Reader{}.interfaces().at(1).traffic;
    CHECK(traffic.rx_packets >= 3);
    CHECK(traffic.tx_packets >= 3);
    CHECK(traffic.rx_bytes >= 3 * 84);
    CHECK(traffic.tx_bytes >= 3 * 84);
}

TEST_CASE("a reader of 100 interfaces and their addresses misses none") {
    Home home;
    carry_out(home.socket, [](Batch& batch) {
        for (int i = 0; i < 50; ++i) {
            const auto name = "eth" + std::to_string(i);
            new_veth(batch, 0, {.name = name, .index = 100 + 2 * i},
                     {.name = name + "p", .index = 101 + 2 * i});
            add_address(batch, 0, 100 + 2 * i,
                        interface_address("10.0." + std::to_string(i) + ".1/24"));
        }
    });
    Reader reader;
    for (int round = 0; round < 2; ++round) {
        const auto states = reader.interfaces();
        REQUIRE(states.size() == 101);
        for (std::size_t i = 1; i < states.size(); i += 2) {
            CHECK(states[i].addresses.size() == 1);
            CHECK(states[i].peer_index == states[i + 1].index);
        }
    }
}
