#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

#include <csignal>

#include <fmt/format.h>

namespace netlab::test {

namespace {

Ended link(const LabUnderTest& lab, std::vector<std::string> words) {
    words.insert(words.begin(), "link");
    words.insert(words.begin() + 2, {"--lab", lab.name()});
    return lab.workshop().netlab(words);
}

std::string carrier(const LabUnderTest& lab, const std::string& node,
                    const std::string& interface) {
    return lab.says(node, fmt::format("cat /sys/class/net/{}/carrier", interface));
}

constexpr const char* what_was_set =
    "ip -o -4 addr show eth0; ip -4 route | sed 's/ linkdown//'; "
    "ip -o -6 addr show eth0 scope global; "
    "ip -6 route show dev eth0 proto static | sed 's/ linkdown//'; "
    "cat /sys/class/net/eth0/ifindex /sys/class/net/eth0/mtu "
    "/sys/class/net/eth0/address";

} // namespace

// h1 --- r --- h2
TEST_CASE("a link that is down has no carrier at both ends, and nothing else is lost") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {}, "r": { "kind": "router" } },
        "links": [{ "endpoints": ["h1", "r"], "mtu": 1400 }, ["r", "h2"]] })"};
    lab.says("h1", "ip route add 203.0.113.0/24 via $(ip -4 route | awk '/default/ {print $3}')");
    const auto before = lab.says("h1", what_was_set);
    REQUIRE(link(lab, {"down", "h1-r"}).code == 0);
    CHECK(carrier(lab, "h1", "eth0") == "0");
    CHECK(carrier(lab, "r", "eth0") == "0");
    CHECK(carrier(lab, "r", "eth1") == "1");
    CHECK(eventually([&] { // the kernel's link watcher takes note of it in its own time
        return lab.says("h1", "ip -o link show eth0").find("NO-CARRIER,BROADCAST,MULTICAST,UP") !=
               std::string::npos;
    }));
    CHECK(lab.says("h1", what_was_set) == before);
    CHECK(lab.sh("h1", "ping -4 -c1 -W1 h2").code != 0);
    REQUIRE(link(lab, {"up", "h1-r"}).code == 0);
    CHECK(carrier(lab, "h1", "eth0") == "1");
    CHECK(lab.says("h1", what_was_set) == before);
    CHECK(unreached(lab) == "");
}

// h1 --5ms-- h2
TEST_CASE("a shaped link is shaped again when it is up again, and can be set while it is down") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [{ "endpoints": ["h1", "h2"], "delay": "5ms" }] })"};
    REQUIRE(link(lab, {"down", "h1-h2"}).code == 0);
    CHECK(lab.sh("h1", "ping -c1 -W1 h2").code != 0);
    REQUIRE(link(lab, {"down", "h1-h2"}).code == 0); // once more is no error
    REQUIRE(link(lab, {"set", "h1-h2", "--delay", "20ms"}).code == 0);
    CHECK(carrier(lab, "h1", "eth0") == "0");
    REQUIRE(link(lab, {"up", "h1-h2"}).code == 0);
    CHECK(lab.sh("h1", "ping -c3 -i 0.1 h2 | grep -cE 'time=([4-9][0-9]|[1-9][0-9]{2})'").out ==
          "3\n");
}

//  h1 --- sw --- h2
TEST_CASE("a switch's port that was cut is a port of its bridge again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {}, "sw": { "kind": "switch" } },
        "links": [["h1", "sw"], ["h2", "sw"]] })"};
    REQUIRE(link(lab, {"down", "h1-sw"}).code == 0);
    CHECK(carrier(lab, "sw", "eth0") == "0");
    REQUIRE(link(lab, {"up", "h1-sw"}).code == 0);
    CHECK(unreached(lab) == "");
}

//  h1   h2   h3
//  ═╧════╧════╧═
TEST_CASE("one end of a LAN segment can be cut, and all of it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {} },
        "links": [{ "name": "lan", "endpoints": ["h1", "h2", "h3"] }] })"};
    REQUIRE(link(lab, {"down", "h1:eth0"}).code == 0);
    CHECK(carrier(lab, "h1", "eth0") == "0");
    CHECK(lab.sh("h2", "ping -c1 -w5 h3").code == 0);
    REQUIRE(link(lab, {"down", "lan"}).code == 0);
    CHECK(lab.sh("h2", "ping -c1 -W1 h3").code != 0);
    REQUIRE(link(lab, {"reset", "lan"}).code == 0);
    CHECK(unreached(lab) == "");
}

// h1 ═══ h2
TEST_CASE("routes over several links keep their other next hops through a cut") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h1": {}, "r[1-2]": { "kind": "router" },
        "r3": { "kind": "router" }, "h2": {} },
        "links": [["h1", "r3"], ["r3", "r1"], ["r3", "r2"], ["r1", "h2"], ["r2", "h2"]] })"};
    const auto routes = lab.says("r3", "ip -4 route; ip -6 route show proto static");
    REQUIRE(link(lab, {"down", "r3-r1"}).code == 0);
    REQUIRE(link(lab, {"up", "r3-r1"}).code == 0);
    CHECK(lab.says("r3", "ip -4 route; ip -6 route show proto static") == routes);
}

// h1 --1ms-- h2
TEST_CASE("when the wire process is killed its links go on with another") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "delay": "1ms", "engine": "user" }] })"};
    const auto wires = lab.workshop().netlab({"link", "ls", "--lab", lab.name()});
    REQUIRE(wires.code == 0);
    // The wire process is a child of the supervisor that is no node.
    const auto killed =
        run({"sh", "-c", fmt::format("pkill -KILL -P {} -f 'netlab: wires'", lab.supervisor())});
    CHECK(killed.code == 0);
    CHECK(lab.sh("h1", "ping -c1 -w10 h2").code == 0);
    REQUIRE(link(lab, {"set", "h1-h2", "--delay", "2ms"}).code == 0);
    CHECK(lab.sh("h1", "ping -c1 -w10 h2").code == 0);
}

// h1 --- h2
TEST_CASE("what listens on a link of the user engine listens through a change and a cut") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [{ "endpoints": ["h1", "h2"], "engine": "user" }] })"};
    // As tcpdump does, which wants to become a user that not every lab has.
    lab.says("h1", R"(setsid python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
s.bind(("eth0", 0))
open("/tmp/ready", "w").close()
while True:
    frame = s.recv(2048)
    if frame[12:14] == b"\x08\x00" and frame[23] == socket.IPPROTO_ICMP:
        open("/tmp/seen", "w").close()
' </dev/null >/dev/null 2>&1 &)");
    REQUIRE(eventually([&] { return lab.sh("h1", "test -e /tmp/ready").code == 0; }));
    REQUIRE(link(lab, {"set", "h1-h2", "--delay", "1ms"}).code == 0);
    REQUIRE(link(lab, {"down", "h1-h2"}).code == 0);
    REQUIRE(link(lab, {"up", "h1-h2"}).code == 0);
    REQUIRE(lab.sh("h1", "ping -4 -c1 -w10 h2").code == 0);
    CHECK(eventually([&] { return lab.sh("h1", "test -e /tmp/seen").code == 0; }));
}

// h1 --- h2
TEST_CASE("of many changes at once none is lost and the last one stands") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} },
        "links": [{ "endpoints": ["h1", "h2"], "delay": "1ms" }] })"};
    const auto netlab = Workshop::words({})[0];
    const auto script =
        fmt::format("pids=; for i in $(seq 25); do {0} link set --lab {1} h1-h2 --delay ${{i}}us & "
                    "pids=\"$pids $!\"; done; for pid in $pids; do wait $pid || exit 1; done; "
                    "{0} link set --lab {1} h1-h2 --delay 15ms",
                    netlab, lab.name());
    CHECK(run({"sh", "-c", script}, workshop.setting()).code == 0);
    CHECK(lab.sh("h1", "ping -c3 -i 0.1 h2 | grep -cE 'time=([3-9][0-9]|[1-9][0-9]{2})'").out ==
          "3\n");
}

} // namespace netlab::test
