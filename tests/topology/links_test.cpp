#include "topology/loading.h"

namespace netlab {

using test::good;
using test::load;
using test::wires;
using Words = std::vector<std::string>;

namespace {

const std::string six_nodes =
    R"({ "nodes": { "h[1-3]": {}, "r1": {}, "r2": {}, "sw": { "kind": "switch" } }, "links": )";

Words wires_of(const std::string& links) {
    return wires(good(six_nodes + links + " }"));
}

std::size_t mistakes(const std::string& links) {
    return load(six_nodes + links + " }").errors.size();
}

} // namespace

// h1:eth0 --- eth0:h2:eth1 --- eth0:h3
TEST_CASE("interfaces are numbered for each node in file order") {
    CHECK(wires_of(R"([["h1", "h2"], ["h2", "h3"]])") ==
          Words{"h1-h2: h1:eth0 - h2:eth0", "h2-h3: h2:eth1 - h3:eth0"});
}

TEST_CASE("names that the file gives are stepped over, wherever they stand") {
    CHECK(
        wires_of(
            R"([["h1", "h2"], ["h1:eth0", "h3"], ["h1:wan", "r1:eth1"], ["h1", "r1"], ["h2", "r1"]])") ==
        Words{"h1-h2: h1:eth1 - h2:eth0", "h1-h3: h1:eth0 - h3:eth0", "h1-r1: h1:wan - r1:eth1",
              "h1-r1-2: h1:eth2 - r1:eth0", "h2-r1: h2:eth1 - r1:eth2"});
}

TEST_CASE("parallel links are told apart by number, and no name is given twice") {
    CHECK(
        wires_of(
            R"([["h1", "h2"], ["h1", "h2"], ["h1", "h2"], { "endpoints": ["r1", "r2"], "name": "h1-h2-2" }])") ==
        Words{"h1-h2: h1:eth0 - h2:eth0", "h1-h2-3: h1:eth1 - h2:eth1",
              "h1-h2-4: h1:eth2 - h2:eth2", "h1-h2-2: r1:eth0 - r2:eth0"});
}

// h1, h2, h3 --- sw
TEST_CASE("a range pairs with a single node, with a range in order, and with interfaces") {
    CHECK(wires_of(R"([["h[1-3]", "sw"]])") == Words{"h1-sw: h1:eth0 - sw:eth0",
                                                     "h2-sw: h2:eth0 - sw:eth1",
                                                     "h3-sw: h3:eth0 - sw:eth2"});
    CHECK(wires_of(R"([["r[1-2]", "h[2-3]"]])") ==
          Words{"r1-h2: r1:eth0 - h2:eth0", "r2-h3: r2:eth0 - h3:eth0"});
    CHECK(wires_of(R"([["h[1-2]:wan", "sw:p[7-8]"]])") ==
          Words{"h1-sw: h1:wan - sw:p7", "h2-sw: h2:wan - sw:p8"});
    CHECK(wires_of(R"([["h[1-2]:a[1-2]", "sw"]])") ==
          Words{"h1-sw: h1:a1 - sw:eth0", "h2-sw: h2:a2 - sw:eth1"});
    CHECK(
        wires_of(
            R"([{ "endpoints": [{ "node": "h[1-2]", "interface": "x" }, "sw"], "name": "cable[1-2]" }])") ==
        Words{"cable1: h1:x - sw:eth0", "cable2: h2:x - sw:eth1"});
    CHECK(mistakes(R"([["h[1-3]", "r[1-2]"]])") == 1);
    CHECK(mistakes(R"([["h[1-3]:a[1-2]", "sw"]])") == 1);
}

// h1, h2, h3, r1 on one cable
TEST_CASE("three ends or more are one LAN segment, ranges and all") {
    const auto topology = good(six_nodes + R"([["h1", "h2", "h3"], ["h[1-3]", "r1", "r2"]] })");
    CHECK(wires(topology) == Words{"h1-h2: h1:eth0 - h2:eth0 - h3:eth0",
                                   "h1-h2-2: h1:eth1 - h2:eth1 - h3:eth1 - r1:eth0 - r2:eth0"});
    CHECK(topology.links[0].is_segment());
}

TEST_CASE("every key of a link is read") {
    const auto topology = good(six_nodes + R"([{ "name": "a.b", "mtu": 1400, "up": false, "cost": 7,
        "ipv4": "192.168.7.0/30", "ipv6": false, "endpoints": [
          { "node": "h1", "interface": "wan", "ipv4": "192.168.7.1/30", "mac": "02:00:00:00:00:01" },
          { "node": "h2", "ipv4": "192.168.7.2", "ipv6": false } ] }] })");
    const auto& link = topology.links.at(0);
    CHECK(link.name == "a.b");
    CHECK(link.mtu == 1400U);
    CHECK_FALSE(link.up);
    CHECK(link.cost == 7);
    CHECK(to_string(*link.ipv4.prefix) == "192.168.7.0/30");
    CHECK(link.ipv6.off);
    CHECK(to_string(*link.endpoints[0].ipv4.address) == "192.168.7.1/30");
    CHECK(link.endpoints[0].ipv4.has_length);
    CHECK(to_string(*link.endpoints[0].mac) == "02:00:00:00:00:01");
    CHECK(to_string(*link.endpoints[1].ipv4.address) == "192.168.7.2/32");
    CHECK_FALSE(link.endpoints[1].ipv4.has_length);
    CHECK(link.endpoints[1].ipv6.off);
}

TEST_CASE("link defaults lie under every link, short and long") {
    const auto topology = good(
        R"({ "defaults": { "link": { "mtu": 9000, "cost": 3, "ipv6": false } }, "nodes": { "a": {}, "b": {} },
                                    "links": [["a", "b"], { "endpoints": ["a", "b"], "mtu": 1500, "ipv6": "fd01::/64" }] })");
    CHECK(topology.links[0].mtu == 9000U);
    CHECK(topology.links[0].cost == 3);
    CHECK(topology.links[0].ipv6.off);
    CHECK(topology.links[1].mtu == 1500U);
    CHECK(topology.links[1].cost == 3);
    CHECK_FALSE(topology.links[1].ipv6.off);
}

TEST_CASE("an MTU below 1280 is fine where IPv6 is off") {
    CHECK(mistakes(R"([{ "endpoints": ["h1", "h2"], "mtu": 1000 }])") == 1);
    CHECK(mistakes(R"([{ "endpoints": ["h1", "h2"], "mtu": 1000, "ipv6": false }])") == 0);
    CHECK(load(R"({ "addressing": { "ipv6": false }, "nodes": { "a": {}, "b": {} },
                    "links": [{ "endpoints": ["a", "b"], "mtu": 1000 }] })")
              .errors.empty());
}

TEST_CASE("links beyond any kernel's patience are refused at once") {
    std::string links = "[";
    for (int i = 0; i < 10; ++i) {
        links += R"(["h1:a[1-60000]", "h2"],)";
    }
    links.back() = ']';
    CHECK(load(six_nodes + links + " }").errors.size() > 1);
    CHECK(mistakes(R"([["h1:a[1-99999999]", "h2"]])") == 1);
}

TEST_CASE("an end that is not understood does not hide the others") {
    const auto loaded = load(six_nodes + R"([["h1", "h9"], ["h2", "h3"], 7, ["h1", "h3"]] })");
    CHECK(loaded.errors.size() == 2);
    CHECK(wires(loaded.topology) == Words{"h2-h3: h2:eth0 - h3:eth0", "h1-h3: h1:eth0 - h3:eth1"});
}

} // namespace netlab
