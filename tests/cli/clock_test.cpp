#include "support/catch.h"
#include "support/lab_under_test.h"

#include <cstdlib>
#include <ctime>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

// h1:eth0 --- eth0:h2
constexpr const char* pair = R"json({ "nodes": {
    "h1": { "clock": { "offset": "1ns" },
            "run": [{ "name": "watch", "command": ["python3", "-c",
                      "import os, time\nwhile True:\n    open('/tmp/new', 'w').write(str(int(time.time())))\n    os.rename('/tmp/new', '/tmp/now')\n    time.sleep(0.01)"] }] },
    "h2": { "run": ["exec sleep 1000"] } },
    "links": [["h1", "h2"]] })json";

/// By how many seconds what a script prints differs from the host's time.
long off(const LabUnderTest& lab, const std::string& node, const std::string& script) {
    return std::atol(lab.says(node, script).c_str()) - std::time(nullptr);
}

bool is_about(long found, long expected) {
    return found > expected - 60 && found < expected + 60;
}

nlohmann::json clocks(const LabUnderTest& lab, const std::vector<std::string>& words) {
    auto all = words;
    all.emplace_back("--json");
    const auto ended = lab.netlab("clock", all);
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    return nlohmann::json::parse(ended.out);
}

} // namespace

TEST_CASE("a node's clock jumps for programs that run and for new ones, and for no other node's") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto jumped = clocks(lab, {"h1", "+1h"});
    CHECK(jumped[0]["unmoved"].empty());
    CHECK(eventually([&] { return is_about(off(lab, "h1", "cat /tmp/now"), 3600); }));
    CHECK(is_about(off(lab, "h1", "env -i date +%s"), 3600));
    CHECK(is_about(off(lab, "h2", "date +%s"), 0));
    CHECK(clocks(lab, {"h2"})[0]["own"] == false);
    CHECK(lab.sh("h2", "test -e /etc/ld.so.preload").code != 0);

    const auto faults = nlohmann::json::parse(lab.netlab("faults", {"--json"}).out);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0]["id"] == "clock:h1");
    CHECK(faults[0]["kind"] == "clock");
    CHECK(faults[0]["nodes"] == nlohmann::json{"h1"});
    CHECK(lab.netlab("heal", {"clock:h1"}).out == "clock:h1 is healed\n");
    CHECK(eventually([&] { return is_about(off(lab, "h1", "cat /tmp/now"), 0); }));
    CHECK(lab.netlab("faults", {"--names"}).out.empty());
}

TEST_CASE(
    "a process that ran before its node had a clock of its own is named, and is moved once it "
    "is started again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto first = clocks(lab, {"all", "-1h"});
    CHECK(first[0]["unmoved"].empty());
    REQUIRE(first[1]["unmoved"].size() == 1);
    CHECK(first[1]["unmoved"][0]["program"] == "sleep");
    CHECK(first[1]["unmoved"][0]["why"].get<std::string>().find("before the node had a clock") !=
          std::string::npos);
    CHECK(is_about(off(lab, "h2", "date +%s"), -3600));
    CHECK(lab.netlab("clock", {"h2"}).out.find("These have the host's clock:") !=
          std::string::npos);
    REQUIRE(lab.netlab("restart", {"h2"}).code == 0);
    CHECK(clocks(lab, {"h2"})[0]["unmoved"].empty());
}

TEST_CASE("a clock with a drift gains on the monotonic one, and sleeps last as long as ever") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    clocks(lab, {"h2", "--drift", "500000ppm"});
    const auto seen = lab.says("h2", "python3 -c 'import time; t, m = time.time(), "
                                     "time.monotonic(); time.sleep(0.3); m = time.monotonic() - m; "
                                     "print((time.time() - t) / m, m >= 0.3)'");
    CHECK(std::atof(seen.c_str()) > 1.3);
    CHECK(std::atof(seen.c_str()) < 1.7);
    CHECK(seen.find("True") != std::string::npos);
    CHECK(clocks(lab, {"h2", "--drift", "-50ppm"})[0]["drift_ppm"] == -50);
    CHECK(clocks(lab, {"h2"})[0]["offset_seconds"].get<double>() > 0.1);
    CHECK(clocks(lab, {"h2", "--reset"})[0]["offset_seconds"] == 0);
}

TEST_CASE("a node's monotonic and boot clocks are what the file says, also when it starts again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"json({ "defaults": { "node": { "clock": { "boot": "+1000h" } } },
        "nodes": { "h1": { "clock": { "monotonic": "+2000h", "offset": "-1h" },
                           "exec": ["cat /proc/uptime >/tmp/setup"],
                           "run": ["cat /proc/uptime >/tmp/service; exec sleep 1000"] },
                   "h2": { "clock": { "boot": "0s" } } },
        "links": [["h1", "h2"]] })json"};
    const auto hours = [&](const std::string& node, const std::string& script) {
        return std::atol(lab.says(node, script).c_str()) / 3600;
    };
    const std::string monotonic = "python3 -c 'import time; print(int(time.monotonic()))'";
    const std::string time_namespace = "readlink /proc/self/ns/time";
    CHECK(hours("h2", monotonic) < 1000);
    CHECK(lab.says("h2", time_namespace) + "\n" == run({"sh", "-c", time_namespace}).out);
    const auto check = [&] {
        CHECK(hours("h1", "cat /proc/uptime") >= 1000);
        CHECK(hours("h1", "cat /tmp/setup") >= 1000);
        CHECK(eventually([&] { return hours("h1", "cat /tmp/service") >= 1000; }));
        CHECK(hours("h1", monotonic) >= 2000);
        CHECK(is_about(off(lab, "h1", "date +%s"), -3600));
    };
    check();
    REQUIRE(lab.netlab("clock", {"all", "+3h"}).code == 0);
    REQUIRE(lab.netlab("kill", {"all"}).code == 0);
    CHECK(lab.netlab("faults", {"--names"}).out == "kill:h1\nkill:h2\nclock:h1\nclock:h2\n");
    CHECK(lab.netlab("clock", {"h1", "+1s"}).code == 0); // what it will start with
    REQUIRE(lab.netlab("heal", {"clock:h1"}).code == 0);
    const auto started = lab.netlab("start", {"--wipe", "all"});
    INFO(started.err);
    REQUIRE(started.code == 0);
    check();
    CHECK(is_about(off(lab, "h2", "date +%s"), 3 * 3600));
    REQUIRE(lab.netlab("kill", {"h2"}).code == 0);
    REQUIRE(lab.netlab("heal", {"clock:h2"}).code == 0);
    REQUIRE(lab.netlab("start", {"h2"}).code == 0);    // with its files, the clock's among them
    CHECK(lab.says("h2", "date 2>&1 | wc -l") == "1"); // no complaint of ld.so
    CHECK(is_about(off(lab, "h2", "date +%s"), 0));
}

TEST_CASE("a clock cannot be moved by mistake") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto refused = [&](const std::vector<std::string>& words, const std::string& text) {
        const auto ended = lab.netlab("clock", words);
        INFO(ended.err);
        CHECK(ended.code == 2);
        CHECK(ended.err.find(text) != std::string::npos);
    };
    refused({"h1", "500ms"}, "has no sign");
    refused({"+500ms"}, "whose");
    refused({"h1", "+500"}, "is not a duration");
    refused({"h1", "+1s", "-1s"}, "one jump");
    refused({"h1", "--drift", "200"}, "is not a drift");
    refused({"h9", "+1s"}, "has no node 'h9'");
    refused({"h1", "-438289h"}, "at most");
    CHECK(lab.netlab("faults", {"--names"}).out.empty());
    CHECK(lab.netlab("clock", {"h1", "-438000h"}).code == 0);
    refused({"all", "-438000h"}, "1970");
    CHECK(lab.netlab("faults", {"--names"}).out == "clock:h1\n");
}

TEST_CASE("a step of a scenario moves a clock, and it goes back after its time") {
    const Workshop workshop;
    workshop.write("pair.json", pair);
    const auto file = workshop.write("clock.yaml", R"yaml(topology: pair.json
steps:
  - clock: { node: "h[1-2]", jump: +1h, as: fast }
  - expect: { node: h1, command: "date +%s", exit: 0 }
  - exec: { node: h2, command: 'test $(date +%s) -gt $(( $(stat -c %Y /proc/self) + 3000 ))' }
  - heal: fast
  - exec: { node: h2, command: 'test $(date +%s) -lt $(( $(stat -c %Y /proc/self) + 3000 ))' }
  - clock: { node: h1, drift: 200ppm, jump: -2h, for: 50ms }
  - wait: 500ms
  - exec: { node: h1, command: 'test $(date +%s) -gt $(( $(stat -c %Y /proc/self) - 3000 ))' }
)yaml");
    const auto ended = workshop.netlab({"test", file, "--output", workshop.path() / "run"});
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    const auto record = content_of(workshop.path() / "run/events.jsonl");
    CHECK(record.find("h2: sleep (pid ") != std::string::npos);
}

} // namespace netlab::test
