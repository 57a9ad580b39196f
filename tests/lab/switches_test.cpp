#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

namespace netlab::test {

// h1 ─ sw1 ─ sw2 ─ sw3 ─ h2
//              └ h3
TEST_CASE("switches in a row are one LAN and learn who is where") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"({ "nodes": { "sw[1-3]": { "kind": "switch" }, "h[1-3]": {} },
        "links": [["h1", "sw1"], ["sw1", "sw2"], ["sw2", "sw3"], ["h2", "sw3"], ["h3", "sw2"]] })"};
    CHECK(unreached(lab) == "");
    CHECK(lab.says("h1", "ping -c1 -W4 h2 | grep -o 'ttl=64'") == "ttl=64");
    const auto mac = lab.says("h2", "cat /sys/class/net/eth0/address");
    CHECK(lab.says("sw1", "bridge fdb show dynamic | grep -c " + mac) == "1");
    // A tree needs no STP, and a switch no address.
    CHECK(lab.says("sw1", "cat /sys/class/net/*/bridge/stp_state") == "0");
    CHECK(lab.says("sw1", "ip -o addr show scope global | wc -l") == "0");
    CHECK(lab.says("sw1", "ip -6 -o addr show scope link | wc -l") == "0");
}

// h1 ─ sw1      h2 ─ sw2
TEST_CASE("ageing and stp of a switch are what the file says") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {},
        "sw1": { "kind": "switch", "ageing": "60s" }, "sw2": { "kind": "switch", "stp": true } },
        "links": [["h1", "sw1"], ["h2", "sw2"]] })"};
    CHECK(lab.says("sw1", "cat /sys/class/net/*/bridge/ageing_time") == "6000");
    CHECK(lab.says("sw1", "cat /sys/class/net/*/bridge/stp_state") == "0");
    CHECK(lab.says("sw2", "cat /sys/class/net/*/bridge/stp_state") == "1");
    CHECK(lab.says("sw2", "cat /sys/class/net/*/brport/state") == "3"); // forwarding
}

// h1 ─ sw1 ══ sw2 ─ h2
//        ╲    ╱
//         sw3
TEST_CASE("a loop of switches settles before up returns: STP blocks a port, no packet is doubled") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"({ "nodes": { "sw[1-3]": { "kind": "switch" }, "h[1-2]": {} },
        "links": [["sw1", "sw2"], ["sw2", "sw3"], ["sw3", "sw1"], ["h[1-2]", "sw[1-2]"]] })"};
    CHECK(unreached(lab) == "");
    CHECK(lab.says("h1", "ping -c2 -i0.2 -W4 h2 | grep -c DUP || true") == "0");
    const auto ports = lab.netlab("exec", {"sw[1-3]", "--", "bridge", "link"}).out;
    CHECK(ports.find("blocking") != std::string::npos);
    CHECK(ports.find("listening") == std::string::npos);
    CHECK(ports.find("learning") == std::string::npos);
}

// sw1 ── sw2
//   ╲    ╱
//    sw3       stp: false
TEST_CASE("a loop without STP is allowed, with a warning") {
    const Workshop workshop;
    const auto file = workshop.write("storm.json", R"({ "nodes": {
        "sw[1-3]": { "kind": "switch", "stp": false } },
        "links": [["sw1", "sw2"], ["sw2", "sw3"], ["sw3", "sw1"]] })");
    const auto check = workshop.netlab({"check", file});
    CHECK(check.code == 0);
    CHECK(check.err.find("warning:") != std::string::npos);
    CHECK(check.out.find("1 warning") != std::string::npos);
    const LabUnderTest lab{workshop, TopologyFile{file}};
    CHECK(lab.up().err.find("warning:") != std::string::npos);
    CHECK(lab.says("sw1", "cat /sys/class/net/*/bridge/stp_state") == "0");
}

// h1 … h3 ─ sw1, sw2 ─ h4 … h6    (two switches that are not joined)
TEST_CASE("labs whose parts are apart come up with a warning that says which") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"({ "nodes": { "sw[1-2]": { "kind": "switch" }, "h[1-4]": {} },
        "links": [["h[1-2]", "sw1"], ["h[3-4]", "sw2"]] })"};
    CHECK(lab.up().err.find("warning:") != std::string::npos);
    CHECK(lab.sh("h1", "ping -c1 -W4 h2").code == 0);
    CHECK(lab.sh("h1", "ping -c1 -W1 h3").code != 0);
}

} // namespace netlab::test
