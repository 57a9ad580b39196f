#include "support/catch.h"
#include "support/lab_under_test.h"

#include <set>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

// A busy machine makes frames later and rates lower, never the other way round: bounds are tight on
// that side only.

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

constexpr const char* segment = R"({ "nodes": { "h[1-3]": {}, "sw": { "kind": "switch" } },
    "links": [{ "name": "lan", "endpoints": ["h1", "h2", "h3", "sw"] }] })";

Ended link(const LabUnderTest& lab, const std::string& command, std::vector<std::string> words) {
    words.insert(words.begin(), {"link", command, "--lab", lab.name()});
    return lab.workshop().netlab(words);
}

json measure(const LabUnderTest& lab, std::vector<std::string> words) {
    words.push_back("--json");
    const auto ended = link(lab, "measure", words);
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    return json::parse(ended.out);
}

std::set<std::string> keys(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) {
        names.insert(name);
    }
    return names;
}
using Keys = std::set<std::string>;

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("link measure finds a perfect link without delay or loss, in both directions") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto measured = measure(lab, {"h1-h2", "--time", "1s"});
    REQUIRE(measured["directions"].size() == 2);
    CHECK(measured["directions"][0]["from"] == "h1:eth0");
    CHECK(measured["directions"][1]["from"] == "h2:eth0");
    for (const auto& direction : measured["directions"]) {
        INFO(direction.dump());
        CHECK(direction["probes"] > 5);
        CHECK(direction["delay"]["median_ms"] >= 0);
        CHECK(direction["loss"]["count"] == 0);
        CHECK(direction["duplicate"]["count"] == 0);
        CHECK(direction["corrupt"]["count"] == 0);
        CHECK(direction["rate"].is_null());
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("link measure --json has the documented keys") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    link(lab, "set", {"h1:eth0", "--rate", "50mbit"});
    const auto measured = measure(lab, {"h1:eth0", "--time", "1s"});
    CHECK(keys(measured) == Keys{"link", "engine", "directions", "agrees"});
    REQUIRE(measured["directions"].size() == 1); // of one end: what leaves there
    const auto& one = measured["directions"][0];
    CHECK(keys(one) == Keys{"from", "to", "asked", "probes", "delay", "jitter", "loss", "duplicate",
                            "corrupt", "reorder", "rate", "agrees"});
    CHECK(keys(one["delay"]) == Keys{"expected_ms", "line_ms", "median_ms", "p99_ms", "agrees"});
    CHECK(keys(one["jitter"]) == Keys{"expected_ms", "jitter_ms", "deviation_ms", "agrees"});
    const Keys share{"expected", "count", "share", "low", "high", "agrees"};
    CHECK(keys(one["duplicate"]) == share);
    CHECK(keys(one["corrupt"]) == share);
    CHECK(keys(one["reorder"]) == share);
    CHECK(keys(one["loss"]) ==
          Keys{"expected", "count", "share", "low", "high", "agrees", "expected_burst", "burst"});
    CHECK(keys(one["rate"]) ==
          Keys{"expected_bits_per_second", "bits_per_second", "offered_bits_per_second", "agrees"});
}

// h1:eth0 --- eth0:h2
TEST_CASE("link measure finds the delay and the loss that were set, each in its direction") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    link(lab, "set", {"h1:eth0", "--delay", "20ms", "--loss", "30%"});
    link(lab, "set", {"h2:eth0", "--delay", "5ms"});
    const auto measured = measure(lab, {"h1-h2", "--time", "3s"});
    const auto& there = measured["directions"][0];
    const auto& back = measured["directions"][1];
    INFO(measured.dump(2));
    CHECK(there["delay"]["median_ms"] >= 19.9);
    CHECK(there["delay"]["median_ms"] < 200);
    CHECK(there["loss"]["share"] > 0.15);
    CHECK(there["loss"]["share"] < 0.45);
    CHECK(back["delay"]["median_ms"] >= 4.9);
    CHECK(back["delay"]["median_ms"] < there["delay"]["median_ms"]);
    CHECK(back["loss"]["count"] == 0);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link measure finds frames that come twice, damaged or past others") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    link(lab, "set", {"h1:eth0", "--duplicate", "20%"});
    const auto doubled = measure(lab, {"h1:eth0", "--time", "1s"})["directions"][0];
    CHECK(doubled["duplicate"]["share"] > 0.05);
    CHECK(doubled["loss"]["count"] == 0);
    link(lab, "clear", {"h1:eth0"});
    link(lab, "set", {"h1:eth0", "--corrupt", "20%"});
    const auto damaged = measure(lab, {"h1:eth0", "--time", "1s"})["directions"][0];
    CHECK(damaged["corrupt"]["share"] > 0.05);
    link(lab, "clear", {"h1:eth0"});
    link(lab, "set", {"h1:eth0", "--delay", "100ms", "--reorder", "20%"});
    const auto mixed = measure(lab, {"h1:eth0", "--time", "2s"})["directions"][0];
    CHECK(mixed["reorder"]["share"] > 0.05);
    CHECK(mixed["reorder"]["share"] < 0.5);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link measure finds the rate, and leaves the link as it was") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    link(lab, "set", {"h1-h2", "--rate", "10mbit", "--delay", "10ms"});
    const auto before = link(lab, "ls", {"--json"}).out;
    const auto measured = measure(lab, {"h1-h2", "--time", "4s"});
    for (const auto& direction : measured["directions"]) {
        INFO(direction.dump(2));
        CHECK(direction["rate"]["bits_per_second"] < 10.3e6);
        CHECK(direction["rate"]["bits_per_second"] > 3e6);
        CHECK(direction["delay"]["line_ms"] == Approx(0.048)); // 60 bytes at 10 mbit
        CHECK(direction["delay"]["median_ms"] >= 10);
    }
    const auto after = json::parse(link(lab, "ls", {"--json"}).out);
    for (std::size_t end = 0; end < 2; ++end) {
        CHECK(after[0]["ends"][end]["leaving"] == json::parse(before)[0]["ends"][end]["leaving"]);
        CHECK(after[0]["ends"][end]["waiting"] == 0);
    }
    CHECK(lab.sh("h1", "ping -c1 -w20 h2").code == 0);
}

// h1, h2, h3 and a switch's port on one segment
TEST_CASE(
    "on a LAN segment link measure goes between the first two ends, or those that are named") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, segment};
    const auto first = measure(lab, {"lan", "--time", "1s"});
    CHECK(first["directions"][0]["to"] == "h2:eth0");
    link(lab, "set", {"h3:eth0", "--delay", "15ms"});
    const auto named = measure(lab, {"h3:eth0", "sw:eth0", "--time", "1s"});
    REQUIRE(named["directions"].size() == 2);
    CHECK(named["directions"][0]["from"] == "h3:eth0");
    CHECK(named["directions"][0]["to"] == "sw:eth0");
    CHECK(named["directions"][0]["loss"]["count"] == 0);
    CHECK(named["directions"][0]["delay"]["median_ms"] >= 14.9);
    CHECK(named["directions"][1]["loss"]["count"] == 0);
    CHECK(named["directions"][1]["delay"]["median_ms"] <
          named["directions"][0]["delay"]["median_ms"]);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link measure shows a person what was asked beside what was measured") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    link(lab, "set", {"h1-h2", "--delay", "10ms"});
    const auto shown = link(lab, "measure", {"h1-h2", "--time", "1s"});
    CHECK(shown.code == 0);
    CHECK(shown.out.starts_with("FROM"));
    for (const std::string word :
         {"ASKED", "MEASURED", "AGREES", "delay", "jitter", "loss", "10ms"}) {
        CHECK(shown.out.find(word) != std::string::npos);
    }
}

TEST_CASE("link measure takes one link or two ends of one") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, segment};
    const auto several = link(lab, "measure", {"h1:eth0", "h2:eth0", "h3:eth0"});
    CHECK(several.code == 2);
    CHECK(several.err.find("two ends") != std::string::npos);
    const auto same = link(lab, "measure", {"h1:eth0", "h1:eth0"});
    CHECK(same.code == 2);
    lab.says("h1", "ip link set eth0 down");
    CHECK(link(lab, "measure", {"lan"}).code == 2);
}

} // namespace netlab::test
