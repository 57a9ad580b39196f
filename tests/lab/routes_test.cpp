#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

namespace netlab::test {

//        r2
//      ╱    ╲
// h1─r1      r4─h2
//      ╲    ╱
//        r3
TEST_CASE("equal paths become one route with two next hops") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "r[1-4]": { "kind": "router" }, "h[1-2]": {} },
        "links": [["r1", "r2"], ["r1", "r3"], ["r2", "r4"], ["r3", "r4"], ["h1", "r1"],
                  ["h2", "r4"]] })"};
    CHECK(lab.says("r1", "ip -4 route show $(getent ahostsv4 h2 | head -n1 | cut -d. -f1-3).0/24 | "
                         "grep -c nexthop") == "2");
    CHECK(lab.says("r1", "ip -6 route | grep -c nexthop") != "0");
    CHECK(unreached(lab) == "");
}

//     r2
//  1 ╱  ╲ 1
//  r1 ── r3
//     5
TEST_CASE("a path's costs decide which way packets go") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "r[1-3]": { "kind": "router" } },
        "links": [{ "endpoints": ["r1:direct", "r3:direct"], "cost": 5 },
                  ["r1:around", "r2:a"], ["r2:b", "r3:around"]] })"};
    const auto way =
        lab.says("r1", "ip route get $(getent ahostsv4 r3 | head -n1 | cut -d' ' -f1)");
    CHECK(way.find("dev around") != std::string::npos);
    CHECK(unreached(lab) == "");
}

// h1 ─ r ─ h2
TEST_CASE("a router forwards and a host does not, whatever the caller's own machine does") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "r": { "kind": "router" }, "h[1-2]": {} },
        "links": [["h1", "r"], ["r", "h2"]] })"};
    CHECK(lab.says("r", "sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding") == "1\n1");
    CHECK(lab.says("h1", "sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding") == "0\n0");
    CHECK(lab.says("h1", "ping -c1 -W4 h2 | grep -o 'ttl=63'") == "ttl=63");
    CHECK(lab.says("h1", "ip route show default | wc -l; ip -6 route show default | wc -l") ==
          "1\n1");
}

// h1 ─ r1 ─ r2 ─ h2
TEST_CASE("with routing none a node knows its own subnets only") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "routing": "none",
        "nodes": { "r[1-2]": { "kind": "router" }, "h[1-2]": {} },
        "links": [["h1", "r1"], ["r1", "r2"], ["r2", "h2"]] })"};
    CHECK(lab.sh("h1", "ping -c1 -W1 h2").code != 0);
    CHECK(lab.sh("h1", "ping -c1 -W4 10.0.1.2").code == 0);
    CHECK(lab.says("h1", "ip route show default | wc -l") == "0");
}

// h1 ─ r1 ─ r2 ─ h2
TEST_CASE("routes of the file go by address, by node, by interface, with a metric, or by default") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "routing": "none",
        "nodes": {
            "h1": { "routes": [ { "to": "default", "via": "r1" } ] },
            "r1": { "kind": "router",
                    "routes": [ { "to": "10.0.3.0/24", "via": "10.0.2.2", "metric": 50 },
                                { "to": "fd00:6e6c:0:3::/64", "via": "r2" } ] },
            "r2": { "kind": "router", "routes": [ { "to": "10.0.1.0/24", "via": "r1" },
                                                  { "to": "fd00:6e6c:0:1::/64", "via": "r1" } ] },
            "h2": { "routes": [ { "to": "10.0.0.0/8", "via": "r2", "interface": "eth0" },
                                { "to": "fd00:6e6c::/32", "via": "r2" },
                                { "to": "198.51.100.0/24", "interface": "eth0" } ] } },
        "links": [["h1", "r1"], ["r1", "r2"], ["r2", "h2"]] })"};
    CHECK(lab.sh("h1", "ping -c1 -W4 10.0.3.2").code == 0);
    CHECK(lab.sh("h1", "ping -c1 -W4 fd00:6e6c:0:3::2").code == 0);
    CHECK(lab.says("r1", "ip route show 10.0.3.0/24").find("metric 50") != std::string::npos);
    CHECK(
        lab.says("h2", "ip route show 198.51.100.0/24").find("dev eth0 proto static scope link") !=
        std::string::npos);
    CHECK(lab.says("h1", "ip route show default").find("via 10.0.1.2") != std::string::npos);
}

// r1 ─ r2 ─ r3
TEST_CASE("loopback addresses are reached from everywhere") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "r1": { "kind": "router" },
        "r2": { "kind": "router" },
        "r3": { "kind": "router", "loopback": ["10.200.0.3", "fd99::3"] } },
        "links": [["r1", "r2"], ["r2", "r3"]] })"};
    CHECK(lab.sh("r1", "ping -c1 -W4 10.200.0.3 && ping -c1 -W4 fd99::3").code == 0);
    CHECK(lab.says("r1", "getent ahostsv4 r3 | head -n1 | cut -d' ' -f1") == "10.200.0.3");
    CHECK(unreached(lab) == "");
}

} // namespace netlab::test
