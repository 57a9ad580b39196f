#include "support/catch.h"
#include "support/lab_under_test.h"

#include <set>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr const char* routed = R"({ "description": "two hosts and a router", "nodes": {
    "h[1-2]": {}, "r": { "kind": "router" }, "sw": { "kind": "switch" }, "h3": {} },
    "links": [["h1", "r"], ["r", "sw"], ["h2", "sw"],
              { "endpoints": ["h3", "sw"], "up": false, "mtu": 1400 }] })";

json state_of(const LabUnderTest& lab, const std::string& node) {
    const auto ended = lab.netlab("inspect", {"--json", node});
    REQUIRE(ended.code == 0);
    const auto value = json::parse(ended.out);
    REQUIRE(value["nodes"].size() == 1);
    return value["nodes"][0];
}

json ip_of(const LabUnderTest& lab, const std::string& node, const std::string& what) {
    return json::parse(lab.says(node, "ip -j " + what));
}

std::set<std::string> addresses_seen_by_ip(const json& interface) {
    std::set<std::string> addresses;
    for (const auto& address : interface["addr_info"]) {
        addresses.insert(address["local"].get<std::string>() + "/" +
                         std::to_string(address["prefixlen"].get<int>()));
    }
    return addresses;
}

} // namespace

TEST_CASE("inspect --json agrees with what ip shows in the node about interfaces and addresses") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    for (const std::string node : {"h1", "h3", "r", "sw"}) {
        const auto state = state_of(lab, node);
        const auto shown = ip_of(lab, node, "addr");
        CHECK(state["name"] == node);
        CHECK(state["running"] == true);
        REQUIRE(state["interfaces"].size() == shown.size());
        for (std::size_t i = 0; i < shown.size(); ++i) {
            const auto& ours = state["interfaces"][i];
            INFO(node << " " << ours.dump());
            CHECK(ours["name"] == shown[i]["ifname"]);
            CHECK(ours["index"] == shown[i]["ifindex"]);
            CHECK(ours["mtu"] == shown[i]["mtu"]);
            CHECK(ours["mac"] == shown[i]["address"]);
            std::set<std::string> addresses = ours["addresses"];
            CHECK(addresses == addresses_seen_by_ip(shown[i]));
            const std::set<std::string> flags = shown[i]["flags"];
            CHECK(ours["up"] == flags.contains("UP"));
        }
    }
}

TEST_CASE("inspect --json agrees with what ip shows in the node about routes") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    for (const std::string node : {"h1", "r"}) {
        std::set<std::string> ours;
        const auto state = state_of(lab, node);
        for (const auto& route : state["routes"]) {
            ours.insert(route["to"].get<std::string>());
        }
        for (const std::string family : {"-4", "-6"}) {
            for (const auto& route : ip_of(lab, node, family + " route")) {
                auto to = route["dst"].get<std::string>();
                to = to == "default" ? (family == "-4" ? "0.0.0.0/0" : "::/0") : to;
                INFO(node << " " << to);
                CHECK(
                    (ours.contains(to) || ours.contains(to + "/32") || ours.contains(to + "/128")));
            }
        }
    }
}

TEST_CASE("inspect --json has the documented keys") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    const auto value = json::parse(lab.netlab("inspect", {"--json"}).out);
    const auto keys = [](const json& object) {
        std::set<std::string> names;
        for (const auto& [name, part] : object.items()) {
            names.insert(name);
        }
        return names;
    };
    using Keys = std::set<std::string>;
    CHECK(keys(value) == Keys{"lab", "nodes"});
    CHECK(keys(value["lab"]) ==
          Keys{"name", "description", "file", "started", "nodes", "links", "services"});
    CHECK(value["lab"]["name"] == lab.name());
    CHECK(value["lab"]["description"] == "two hosts and a router");
    REQUIRE(value["nodes"].size() == 5);
    const auto& node = value["nodes"][0];
    CHECK(keys(node) == Keys{"name", "kind", "running", "end", "stopped", "paused", "limits",
                             "publish", "interfaces", "routes"});
    CHECK(keys(node["interfaces"][1]) == Keys{"name", "index", "kind", "mac", "mtu", "up",
                                              "carrier", "state", "port_state", "addresses", "rx",
                                              "tx"});
    CHECK(keys(node["routes"][0]) == Keys{"to", "via", "metric", "protocol", "scope", "type"});
    CHECK(keys(node["routes"][0]["via"][0]) == Keys{"address", "interface", "weight"});
}

TEST_CASE("inspect shows a person the nodes that are asked for, their interfaces and routes") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    const auto one = lab.netlab("inspect", {"h1"});
    CHECK(one.code == 0);
    CHECK(one.out.find("two hosts and a router") != std::string::npos);
    CHECK(one.out.find("10.0.1.1/24") != std::string::npos);
    CHECK(one.out.find("default") != std::string::npos);
    CHECK(one.out.find("sw") == std::string::npos);
    const auto some = lab.netlab("inspect", {"h[1-2]", "sw"});
    CHECK(some.out.find("forwarding") != std::string::npos);
    // What was changed in the node is what is shown: it is read from the kernel.
    lab.says("h1", "ip addr add 192.0.2.77/32 dev eth0");
    CHECK(lab.netlab("inspect", {"h1"}).out.find("192.0.2.77") != std::string::npos);
}

TEST_CASE("inspect says of a route that leads nowhere what becomes of its packets") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    lab.says("h1", "ip route add blackhole 192.0.2.0/24; ip route add throw 198.51.100.0/24; "
                   "ip -6 route add unreachable 2001:db8::/32");
    const auto shown = lab.netlab("inspect", {"h1"}).out;
    const auto line_of = [&](const std::string& prefix) {
        const auto at = shown.find(prefix);
        return at == std::string::npos ? "" : shown.substr(at, shown.find('\n', at) - at);
    };
    CHECK(line_of("192.0.2.0/24").find(" blackhole ") != std::string::npos);
    CHECK(line_of("198.51.100.0/24").find(" throw ") != std::string::npos);
    CHECK(line_of("2001:db8::/32").find(" unreachable ") != std::string::npos);
    CHECK(line_of("2001:db8::/32").find("dev lo") == std::string::npos);
}

TEST_CASE("a node that puts something else over its /proc does not mislead inspect") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, routed};
    lab.says("h1", "mount -t tmpfs none /proc/net; mount -t tmpfs none /sys");
    CHECK(lab.netlab("inspect", {"h1"}).out.find("10.0.1.1/24") != std::string::npos);
}

} // namespace netlab::test
