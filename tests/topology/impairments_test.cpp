#include "support/golden.h"
#include "topology/loading.h"
#include "topology/trace_files.h"

namespace netlab {

using test::good;
using test::load;
using Words = std::vector<std::string>;
using Properties = std::vector<std::pair<std::string, std::string>>;

namespace {

std::string with_links(const std::string& links, const std::string& defaults = "{}") {
    return R"({ "nodes": { "h[1-3]": {}, "sw": { "kind": "switch" } }, "defaults": { "link": )" +
           defaults + R"( }, "links": )" + links + " }";
}

/// `h1:eth0 delay 10ms` for each end, in order.
Words leaving(const Topology& topology) {
    Words lines;
    for (const auto& link : topology.links) {
        for (const auto& end : link.endpoints) {
            lines.push_back(topology.nodes[index(end.node)].name + ":" + end.interface + " " +
                            to_string(end.leaving));
        }
    }
    return lines;
}

test::Loaded load_beside_traces(const std::string& text) {
    Diagnostics diagnostics;
    test::Loaded loaded{
        load_topology(Source{"lab.json", text}, test::source_path("tests/topology"), diagnostics),
        {}};
    for (const auto& diagnostic : diagnostics.all()) {
        loaded.errors.push_back(diagnostic.message);
    }
    return loaded;
}

} // namespace

// h1 --- h2
TEST_CASE("what a link says holds in every direction, what an end says for what leaves it") {
    CHECK(
        leaving(good(with_links(
            R"([{ "endpoints": ["h1", "h2"], "delay": "20ms", "rate": "10mbit", "queue": 50 }])"))) ==
        Words{"h1:eth0 delay 20ms, rate 10mbit, queue 50",
              "h2:eth0 delay 20ms, rate 10mbit, queue 50"});
    CHECK(leaving(good(with_links(
              R"([{ "endpoints": [{ "node": "h1", "rate": "1mbit", "delay": "0ms" }, "h2:wan"],
                    "delay": "20ms", "rate": "10mbit" }])"))) ==
          Words{"h1:eth0 rate 1mbit", "h2:wan delay 20ms, rate 10mbit"});
}

// h1, h2, h3 on one cable; h1, h2 --- sw
TEST_CASE("segments, switch ports, ranges and short forms are shaped as any other end") {
    CHECK(leaving(good(with_links(R"([["h1", "h2"], { "endpoints": ["h[1-2]", "sw"], "loss": "1%" },
        { "endpoints": ["h1", { "node": "h2", "delay": "1ms" }, "h3"], "delay": "9ms" }])",
                                  R"({ "delay": "5ms" })"))) ==
          Words{"h1:eth0 delay 5ms", "h2:eth0 delay 5ms", "h1:eth1 delay 5ms, loss 1%",
                "sw:eth0 delay 5ms, loss 1%", "h2:eth1 delay 5ms, loss 1%",
                "sw:eth1 delay 5ms, loss 1%", "h1:eth2 delay 9ms", "h2:eth2 delay 1ms",
                "h3:eth0 delay 9ms"});
}

TEST_CASE("every property is read, in JSON and in YAML") {
    const Properties all{{"delay", "20ms"},
                         {"jitter", "2ms"},
                         {"loss", "p=1%,r=20%"},
                         {"duplicate", "0.1%"},
                         {"corrupt", "1%"},
                         {"reorder", "2%"},
                         {"rate", "1gbit"},
                         {"queue", "64KiB"},
                         {"correlation", "25%"},
                         {"distribution", "pareto"},
                         {"seed", "18446744073709551615"}};
    const auto json = good(with_links(R"([{ "endpoints": ["h1", "h2"], "engine": "user",
        "delay": "20ms", "jitter": "2ms", "loss": { "p": "1%", "r": "20%" }, "duplicate": "0.1%",
        "corrupt": "1%", "reorder": "2%", "rate": "1gbit", "queue": "64KiB", "correlation": "25%",
        "distribution": "pareto", "seed": 18446744073709551615 }])"));
    CHECK(properties_of(json.links.at(0).endpoints.at(1).leaving) == all);
    CHECK(json.links[0].engine == Engine::user);
    const auto yaml = good("nodes: { h1: {}, h2: {} }\n"
                           "links:\n"
                           "  - endpoints: [h1, h2]\n"
                           "    engine: user\n"
                           "    delay: 20ms\n    jitter: 2ms\n    loss: { p: 1%, r: 20% }\n"
                           "    duplicate: 0.1%\n    corrupt: 1%\n    reorder: 2%\n"
                           "    rate: 1gbit\n    queue: 64KiB\n    correlation: 25%\n"
                           "    distribution: pareto\n    seed: \"18446744073709551615\"\n",
                           "lab.yaml");
    CHECK(properties_of(yaml.links.at(0).endpoints.at(0).leaving) == all);
}

TEST_CASE("the engine is automatic unless the link or the defaults say which") {
    const auto topology =
        good(with_links(R"([["h1", "h2"], { "endpoints": ["h1", "h2"], "engine": "auto" }])",
                        R"({ "engine": "kernel" })"));
    CHECK(topology.links[0].engine == Engine::kernel);
    CHECK(topology.links[1].engine == Engine::automatic);
    CHECK(good(with_links(R"([["h1", "h2"]])")).links[0].engine == Engine::automatic);
}

TEST_CASE("a modifier from further out holds for the directions that have what it modifies") {
    const auto* defaults =
        R"({ "queue": 50, "correlation": "25%", "distribution": "normal", "seed": 7 })";
    const auto text = with_links(
        R"([["h1", "h2"], { "endpoints": ["h1", { "node": "h2", "loss": "1%" }], "rate": "1mbit" },
                       { "endpoints": ["h1", "h2"], "delay": "2ms", "jitter": "1ms" }])",
        defaults);
    CHECK(leaving(good(text)) ==
          Words{"h1:eth0 seed 7", "h2:eth0 seed 7", "h1:eth1 rate 1mbit, queue 50, seed 7",
                "h2:eth1 loss 1%, rate 1mbit, queue 50, correlation 25%, seed 7",
                "h1:eth2 delay 2ms, jitter 1ms, correlation 25%, distribution normal, seed 7",
                "h2:eth2 delay 2ms, jitter 1ms, correlation 25%, distribution normal, seed 7"});
    CHECK(load(with_links(R"([["h1", "h2"]])", defaults)).errors.size() == 3);
}

TEST_CASE("a trace is read once, beside the topology file, and shared by all ends") {
    const auto loaded = load_beside_traces(with_links(
        R"([["h1", "h2"], { "endpoints": ["h1", { "node": "h2", "trace": "none", "rate": "1mbit" }] }])",
        R"({ "trace": "./cellular.up", "queue": 20 })"));
    CHECK(loaded.errors == Words{});
    const auto& links = loaded.topology.links;
    const auto& trace = links.at(0).endpoints.at(0).leaving.trace;
    REQUIRE(trace);
    CHECK(*trace.trace == Trace{"./cellular.up", {0, 3, 3, 12}});
    CHECK(links[0].endpoints[1].leaving.trace.trace == trace.trace);
    CHECK(links[1].endpoints[0].leaving.trace.trace == trace.trace);
    CHECK(to_string(links[1].endpoints[1].leaving) == "rate 1mbit, queue 20");
}

TEST_CASE("a trace is a number a line, never falling, and not over at once") {
    CHECK(parse_trace("x", "7").trace.milliseconds == std::vector<std::uint32_t>{7});
    CHECK(parse_trace("x", "0\n0\n4294967295\n").trace.milliseconds ==
          std::vector<std::uint32_t>{0, 0, 4'294'967'295});
    for (const auto* text : {"", "\n", "1\n\n", "\n1\n", "0\n", "2\n1\n", "1 \n", " 1\n", "+1\n",
                             "-1\n", "1.5\n", "0x10\n", "1\r\n", "4294967296\n", "# a comment\n"}) {
        INFO(text);
        CHECK_FALSE(parse_trace("x", text).why.empty());
    }
    CHECK(parse_trace("x", "1\n2\nx").why.find("line 3") != std::string::npos);
    CHECK(parse_trace("x", std::string("1\n\0\n", 4)).why.find("line 2") != std::string::npos);
}

TEST_CASE("a mistake is told once for a range, and once in the defaults for all links") {
    CHECK(load(with_links(R"([{ "endpoints": ["h[1-3]", "sw"], "queue": 50 }])")).errors.size() ==
          1);
    CHECK(
        load(with_links(R"([{ "endpoints": ["h[1-3]", "sw"], "jitter": "1ms" }])")).errors.size() ==
        1);
    CHECK(load(with_links(R"([["h1", "h2"], ["h2", "h3"], ["h[1-3]", "sw"]])",
                          R"({ "jitter": "1ms", "queue": 50 })"))
              .errors.size() == 2);
    CHECK(load(with_links("[]", R"({ "jitter": "1ms", "queue": 50 })")).errors.empty());
}

} // namespace netlab
