#include "topology/loading.h"

namespace netlab {

using test::good;
using test::load;
using Words = std::vector<std::string>;

TEST_CASE("a lab is named by its file unless it names itself") {
    const std::string nodes = R"({ "nodes": { "h1": {} } })";
    CHECK(good(nodes, "some/where/Ring Of Routers!.json").name == "ring-of-routers");
    CHECK(good(nodes, "ring.v2.json").name == "ring.v2");
    CHECK(good(nodes, "§.json").name == "lab");
    CHECK(good(nodes, std::string(80, 'x') + ".json").name == std::string(32, 'x'));
    CHECK(good(R"({ "name": "campus", "nodes": { "h1": {} } })").name == "campus");
}

TEST_CASE("a file that says nothing has hosts, both families and static routes") {
    const auto topology = good(R"({ "nodes": { "h1": {}, "h2": {} } })");
    CHECK(topology.routing == RoutingMode::static_routes);
    CHECK(topology.nodes[0].kind == NodeKind::host);
    CHECK(to_string(*topology.addressing.ipv4) == "10.0.0.0/8");
    CHECK(to_string(*topology.addressing.ipv6) == "fd00:6e6c::/32");
    CHECK(to_string(*topology.addressing.loopback4) == "10.255.0.0/16");
    CHECK(to_string(*topology.addressing.loopback6) == "fd00:6e6c:ffff::/48");
    CHECK(topology.addressing.prefix4 == 24);
}

TEST_CASE("a family that is off has no loopbacks unless the file asks for them") {
    const auto off =
        good(R"({ "addressing": { "ipv4": null, "ipv6": false }, "nodes": { "h1": {} } })");
    CHECK_FALSE(off.addressing.ipv4);
    CHECK_FALSE(off.addressing.ipv6);
    CHECK_FALSE(off.addressing.loopback4);
    CHECK_FALSE(off.addressing.loopback6);
    const auto some = good(
        R"({ "addressing": { "ipv6": false, "loopback6": "fd01::/48", "prefix4": 31 }, "nodes": { "h1": {} } })");
    CHECK(to_string(*some.addressing.loopback6) == "fd01::/48");
    CHECK(some.addressing.prefix4 == 31);
}

TEST_CASE("ospf means both versions, ospf6 the newer alone, and routing is for routers that say "
          "nothing") {
    const auto topology = good(R"({ "routing": "isis", "nodes": {
        "r1": { "kind": "router", "daemons": ["ospf"] },
        "r2": { "kind": "router", "daemons": ["ospf6", "static"] },
        "r3": { "kind": "router" }, "h1": {},
        "r4": { "kind": "router", "daemons": [] } } })");
    const auto& nodes = topology.nodes;
    CHECK((nodes[0].daemons.ospf && nodes[0].daemons.ospf6 && !nodes[0].daemons.isis));
    CHECK((!nodes[1].daemons.ospf && nodes[1].daemons.ospf6 && nodes[1].daemons.static_routes));
    CHECK(nodes[2].daemons.isis);
    CHECK_FALSE(nodes[3].daemons.any());
    CHECK_FALSE(nodes[4].daemons.any());
}

TEST_CASE("limits merge one by one, and \"none\" takes one away") {
    const auto topology = good(R"({
      "defaults": { "node": { "limits": { "cpu": 2, "memory": "1GiB", "pids": 100 } } },
      "groups": { "small": { "limits": { "memory": "64MB" } } },
      "nodes": { "n1": {}, "n2": { "group": "small", "limits": { "cpu": 0.25, "pids": "none" } } }
    })");
    const auto& [n1, n2] = std::tie(topology.nodes[0], topology.nodes[1]);
    CHECK(n1.limits == Limits{2000, 1U << 30U, 100});
    CHECK(n2.limits == Limits{250, 64'000'000, std::nullopt});
}

TEST_CASE("what layers say of clocks merges one by one") {
    const auto topology = good(R"({
      "defaults": { "node": { "clock": { "offset": "+2s", "monotonic": "1h" } } },
      "groups": { "fast": { "clock": { "drift": "-50ppm" } } },
      "nodes": { "n1": {}, "n2": { "group": "fast", "clock": { "offset": "-500ms", "boot": "1h" } },
                 "n3": { "clock": { "offset": "0s", "monotonic": "0s" } } }
    })");
    using namespace std::chrono_literals;
    CHECK(topology.nodes[0].clock == NodeClock{2s, 0, 1h, 0s});
    CHECK(topology.nodes[1].clock == NodeClock{-500ms, -50'000, 1h, 1h});
    CHECK(topology.nodes[2].clock == NodeClock{});
}

TEST_CASE("a node's root is the host's, or a directory of the host's") {
    const auto topology = good(R"({
      "defaults": { "node": { "root": "/usr" } }, "nodes": { "n1": {}, "n2": { "root": "host" } } })");
    CHECK(topology.nodes[0].root.host_path == "/usr");
    CHECK(topology.nodes[1].root.host_path.empty());
}

TEST_CASE("ranges in keys are that many nodes, in order") {
    const auto topology =
        good(R"({ "nodes": { "r1": { "kind": "router" }, "h[08-10]": {}, "p[1-2]s[1-2]": {} } })");
    CHECK(test::node_names(topology) ==
          Words{"r1", "h08", "h09", "h10", "p1s1", "p1s2", "p2s1", "p2s2"});
    CHECK(topology.nodes[1].span == topology.nodes[3].span);
}

TEST_CASE(
    "a node wins over its group, a group over the defaults; maps merge, lists and scalars do not") {
    const auto topology = good(R"({
      "defaults": { "node": { "env": { "A": "default", "B": "default", "C": "default" }, "labels": ["x"],
                              "user": "nobody", "sysctls": { "net.ipv4.ip_forward": 1 } } },
      "groups": { "g": { "env": { "A": "group", "B": "group" }, "labels": ["y"], "kind": "router",
                         "sysctls": { "net/ipv4/ip_forward": 0, "net.ipv4.ip_default_ttl": 9 } } },
      "nodes": { "n1": { "group": "g", "env": { "A": "node" }, "labels": [] }, "n2": { "group": "g" }, "n3": {} }
    })");
    const auto& [n1, n2, n3] = std::tie(topology.nodes[0], topology.nodes[1], topology.nodes[2]);
    CHECK(n1.env ==
          std::map<std::string, std::string>{{"A", "node"}, {"B", "group"}, {"C", "default"}});
    CHECK(n1.labels.empty());
    CHECK(n1.kind == NodeKind::router);
    CHECK(n1.group == "g");
    CHECK(n1.user == "nobody");
    CHECK(n2.labels == Words{"y"});
    CHECK(n2.sysctls.size() == 2);
    CHECK(n2.sysctls[0].name == "net/ipv4/ip_forward");
    CHECK(n2.sysctls[0].value == "0");
    CHECK(n3.labels == Words{"x"});
    CHECK(n3.sysctls[0].value == "1");
}

TEST_CASE("defaults for one kind of node leave the others alone") {
    const auto topology = good(
        R"({ "defaults": { "node": { "stp": false, "ageing": "10s", "loopback": ["10.9.9.9"] } },
                                    "nodes": { "h": {}, "sw": { "kind": "switch" } } })");
    CHECK(topology.nodes[0].stp == StpMode::automatic);
    CHECK(topology.nodes[0].loopback.size() == 1);
    CHECK(topology.nodes[1].stp == StpMode::off);
    CHECK(topology.nodes[1].ageing == Duration{std::chrono::seconds{10}});
    CHECK(topology.nodes[1].loopback.empty());
    CHECK_FALSE(topology.nodes[1].stp_span.empty());
}

TEST_CASE("every key of a node is read") {
    const auto topology = good(R"({ "nodes": { "r": {}, "n": {
      "kind": "host", "labels": ["a", "b.c"], "position": [1.5, -2], "loopback": ["10.1.1.1", "fd01::1/128"],
      "env": { "A": "x", "N": 8080, "T": true }, "user": "www-data", "workdir": "/srv//www/./",
      "private": ["/var/lib/redis/"], "files": { "/etc/motd": "hello\n" },
      "exec": ["ip route", ["ip", "-6", "route"]],
      "routes": [ { "to": "default", "via": "r", "metric": 5 }, { "to": "10.9.0.0/16", "interface": "eth0" },
                  { "to": "fd09::/64", "via": "fd01::9", "interface": "eth0" } ] } },
      "links": [["n", "r"]] })");
    const auto& node = topology.nodes[1];
    CHECK(node.labels == Words{"a", "b.c"});
    CHECK(node.position == Point{1.5, -2});
    CHECK(to_string(node.loopback.at(1).address) == "fd01::1");
    CHECK(node.env.at("N") == "8080");
    CHECK(node.env.at("T") == "true");
    CHECK(node.user == "www-data");
    CHECK(node.workdir == "/srv/www");
    CHECK(node.private_directories.at(0).path == "/var/lib/redis");
    CHECK(node.files.at(0).text == "hello\n");
    CHECK(node.exec.at(0).argv == Words{"/bin/sh", "-c", "ip route"});
    CHECK(node.exec.at(1).argv == Words{"ip", "-6", "route"});
    REQUIRE(node.routes.size() == 3);
    CHECK_FALSE(node.routes[0].to);
    CHECK(std::get<NodeId>(node.routes[0].via) == node_id(0));
    CHECK(node.routes[0].metric == 5U);
    CHECK(node.routes[1].interface == "eth0");
    CHECK(to_string(std::get<IpAddress>(node.routes[2].via)) == "fd01::9");
}

TEST_CASE("JSON and YAML say the same") {
    auto json = good(
        R"({ "name": "l", "nodes": { "r[1-2]": { "kind": "router", "loopback": ["10.1.1.1"] }, "h": { "env": { "A": "1" } } },
                          "links": [ ["r1", "r2"], { "endpoints": ["h", "r1:lan"], "mtu": 9000, "up": false } ] })");
    auto yaml =
        good("name: l\nnodes:\n  r[1-2]: { kind: router, loopback: [10.1.1.1] }\n  h:\n    env: { "
             "A: 1 }\n"
             "links:\n  - [r1, r2]\n  - endpoints: [h, 'r1:lan']\n    mtu: 9000\n    up: false\n",
             "lab.yaml");
    CHECK(test::wires(json) == test::wires(yaml));
    CHECK(json.nodes[2].env == yaml.nodes[2].env);
    CHECK(json.nodes[0].loopback[0].address == yaml.nodes[0].loopback[0].address);
    CHECK(json.links[1].mtu == yaml.links[1].mtu);
    CHECK_FALSE(yaml.links[1].up);
}

TEST_CASE("a range that would take all memory is refused at once") {
    CHECK(load(R"({ "nodes": { "h[1-999999999]": {} } })").errors.size() == 1);
    CHECK(load(R"({ "nodes": { "h[1-65536]": {} } })").errors.empty());
    CHECK(load(R"({ "nodes": { "h[1-65536]": {}, "x": {} } })").errors.size() == 1);
    const auto fat =
        R"({ "nodes": { "h[1-60000]": { "exec": [")" + std::string(1'000'000, 'x') + "\"] } } }";
    CHECK(load(fat).errors.size() == 1);
    std::string twice = R"({ "nodes": { "h[1-30000]": {})";
    for (int i = 0; i < 1000; ++i) {
        twice += ", \"h[1-" + std::to_string(30'000 - i - 1) + "]\": {}";
    }
    CHECK(load(twice + "} }").errors.size() < 10);
}

} // namespace netlab
