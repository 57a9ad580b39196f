#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

#include <unistd.h>

namespace netlab::test {

// h1:eth0 --- wan0:h2
TEST_CASE("an interface has the name, MAC address, addresses and MTU that the file gives it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": [ { "node": "h1", "mac": "02:00:00:00:00:07", "ipv4": "192.0.2.9/24" },
                         { "node": "h2", "interface": "wan0", "ipv6": "2001:db8::9/64" } ],
          "ipv4": "192.0.2.0/24", "mtu": 9000 }] })"};
    CHECK(lab.says("h1", "cat /sys/class/net/eth0/address /sys/class/net/eth0/mtu") ==
          "02:00:00:00:00:07\n9000");
    CHECK(lab.says("h1", "ip -4 -o addr show eth0").find("192.0.2.9/24") != std::string::npos);
    CHECK(lab.says("h2", "ip -6 -o addr show wan0").find("2001:db8::9/64") != std::string::npos);
    CHECK(lab.sh("h1", "ping -c1 -W4 -M do -s 8900 h2").code == 0);
    CHECK(unreached(lab) == "");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a lab has the same MAC and IP addresses each time it comes up") {
    const Workshop workshop;
    const auto file = workshop.write("same.json", R"({ "nodes": { "h[1-2]": {} },
        "links": [["h1", "h2"]] })");
    std::string first;
    const auto look = [&] {
        const auto name = "same-" + std::to_string(::getpid());
        REQUIRE(workshop.netlab({"up", "--lab", name, file}).code == 0);
        const auto seen = workshop.netlab({"exec", "-l", name, "h1", "ip", "-o", "addr"}).out +
                          workshop.netlab({"exec", "-l", name, "h1", "ip", "-o", "link"}).out;
        REQUIRE(workshop.netlab({"down", name}).code == 0);
        return seen;
    };
    CHECK(look() == look());
}

// h1:eth0 --- eth0:h2    (down)
TEST_CASE("a link that is down in the file is down in the lab, and up when a node says so") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [{ "endpoints": ["h1", "h2"], "up": false }] })"};
    CHECK(lab.sh("h1", "ping -c1 -W1 h2").code != 0);
    CHECK(lab.says("h1", "cat /sys/class/net/eth0/operstate") == "down");
    lab.says("h1", "ip link set eth0 up");
    lab.says("h2", "ip link set eth0 up");
    CHECK(lab.sh("h1", "ping -c1 -w10 h2").code == 0);
}

//      ┌ eth0 --- eth0 ┐
// h1 ──┼ eth1 --- eth1 ┼── h2
//      └ eth2 --- eth2 ┘
TEST_CASE("parallel links are separate subnets, and all of them carry packets") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [["h1", "h2"], ["h1", "h2"], ["h1", "h2"]] })"};
    CHECK(lab.says("h1", "ls /sys/class/net | sort | tr '\\n' ' '") == "eth0 eth1 eth2 lo ");
    for (const std::string subnet : {"10.0.1", "10.0.2", "10.0.3"}) {
        CHECK(lab.sh("h1", "ping -c1 -W4 " + subnet + ".2").code == 0);
    }
}

// h1   h2   h3   h4
// ═╧════╧════╧════╧═  cable
TEST_CASE("all ends of a LAN segment hear each other in one hop") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-4]": {} },
        "links": [{ "name": "cable", "endpoints": ["h1", "h2", "h3", "h4"] }] })"};
    CHECK(unreached(lab) == "");
    CHECK(lab.says("h1", "ping -c1 -W4 h4 | grep -o 'ttl=64'") == "ttl=64");
    // The segment's bridge belongs to the lab: no node sees it.
    CHECK(lab.says("h1", "ip -o link show type bridge | wc -l") == "0");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a lab without one family has no address of it") {
    const Workshop workshop;
    const LabUnderTest four{workshop, R"({ "addressing": { "ipv6": false },
        "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })"};
    CHECK(four.says("h1", "ip -6 -o addr show dev eth0 scope global | wc -l") == "0");
    CHECK(unreached(four) == "");
    const LabUnderTest six{workshop, R"({ "addressing": { "ipv4": false },
        "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })"};
    CHECK(six.says("h1", "ip -4 -o addr show dev eth0 | wc -l") == "0");
    CHECK(unreached(six) == "");
}

// lonely
TEST_CASE("a node without links has a loopback that works") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "lonely": { "loopback": ["10.9.9.9"] } } })"};
    CHECK(lab.sh("lonely", "ping -c1 -W4 127.0.0.1 && ping -c1 -W4 ::1 && ping -c1 -W4 10.9.9.9")
              .code == 0);
    CHECK(lab.says("lonely", "ls /sys/class/net") == "lo");
}

// h1:eth0 --- eth0:h2
TEST_CASE(
    "interfaces have the names of the file, 15 letters or one digit, capitals apart from small") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [["h1:Eth-0.1_x", "h2:abcdefghijklmno"], ["h1:eth-0.1_x", "h2:0"]] })"};
    CHECK(lab.says("h1", "ls /sys/class/net | LC_ALL=C sort | tr '\\n' ' '") ==
          "Eth-0.1_x eth-0.1_x lo ");
    CHECK(unreached(lab) == "");
}

} // namespace netlab::test
