#include "topology/loading.h"

#include <fmt/format.h>

namespace netlab {

using test::good;
using test::load;
using Words = std::vector<std::string>;

namespace {

/// Each port as `host -> node`.
Words published(const Node& node) {
    Words words;
    for (const auto& port : node.publish) {
        words.push_back(to_string(port) + " -> " + node_side(port));
    }
    return words;
}

} // namespace

TEST_CASE("a port is published at the host's loopback unless the file names another address") {
    const auto topology = good(R"({ "nodes": { "a": { "publish": ["8080:80", "0.0.0.0:8443:443/tcp",
        "[::1]:8080:80", "[::]:65535:1", "192.0.2.7:22:22", "5353:53/udp", "[::1]:5353:53/udp"] } } })");
    CHECK(published(topology.nodes[0]) ==
          Words{"127.0.0.1:8080 -> 80", "0.0.0.0:8443 -> 443", "[::1]:8080 -> 80",
                "[::]:65535 -> 1", "192.0.2.7:22 -> 22", "127.0.0.1:5353/udp -> 53/udp",
                "[::1]:5353/udp -> 53/udp"});
}

TEST_CASE("the published ports of a node replace those of its group, and an empty list takes them "
          "away") {
    const auto topology = good(R"({
      "defaults": { "node": { "publish": ["8080:80"] } },
      "groups": { "ssh": { "publish": ["2222:22"] } },
      "nodes": { "a": {}, "b": { "group": "ssh" }, "c": { "group": "ssh", "publish": ["2223:22"] },
                 "d": { "publish": [] }, "sw": { "kind": "switch" } } })");
    CHECK(published(topology.nodes[0]) == Words{"127.0.0.1:8080 -> 80"});
    CHECK(published(topology.nodes[1]) == Words{"127.0.0.1:2222 -> 22"});
    CHECK(published(topology.nodes[2]) == Words{"127.0.0.1:2223 -> 22"});
    CHECK(published(topology.nodes[3]).empty());
    CHECK(published(topology.nodes[4]).empty());
}

TEST_CASE("a lab publishes 512 ports, and not one more") {
    const auto lab = [](int count) {
        std::string ports;
        for (int i = 0; i < count; ++i) {
            ports += fmt::format("{}\"{}:80\"", i == 0 ? "" : ", ", 10'000 + i);
        }
        return R"({ "nodes": { "a": { "publish": [)" + ports + "] } } }";
    };
    CHECK(good(lab(512)).nodes[0].publish.size() == 512);
    CHECK(load(lab(600)).errors == Words{"a lab publishes at most 512 ports"});
}

TEST_CASE("sixty thousand nodes that publish one port are one mistake") {
    const auto loaded =
        load(R"({ "nodes": { "h[1-60000]": { "publish": ["8080:80", "8081:80"] } } })");
    CHECK(loaded.errors.size() == 2);
}

} // namespace netlab
