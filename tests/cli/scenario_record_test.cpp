#include "cli/bench.h"
#include "support/host_state.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr const char* lab_with_service =
    R"({ "nodes": { "h1": { "run": [{ "name": "web", "command": "sleep 1000" }] }, "h2": {} },
    "links": [["h1", "h2"]] })";

} // namespace

TEST_CASE("a record of a run can be run again") {
    const Bench bench{R"(
  - exec: { node: { any: "h[1-3]" }, command: "true" }
  - { at: 200ms, expect: { ping: { from: h1, to: h2 } } }
)"};
    CHECK(bench.test({"--seed", "3"}).code == 0);
    const auto first = bench.begun();
    std::filesystem::rename(bench.workshop.path() / "out", bench.workshop.path() / "before");
    CHECK(bench.test({}, "before/events.jsonl").code == 0);
    CHECK(bench.begun() == first);
    CHECK(bench.events("step").at(1).at("due") == bench.events("step", "before").at(1).at("at"));
}

TEST_CASE("reports are JUnit's XML and TAP") {
    const Bench bench{R"(
  - { name: "good & <well>", expect: { node: h1, command: "true" } }
  - { name: bad, expect: { node: h1, command: "printf '\\033[1m'; false", points: 1 } }
)"};
    const auto ended = bench.test({"--tap", "--junit", "report.xml"});
    CHECK(ended.code == 1);
    CHECK(has(ended.out, "TAP version 14\n1..2\nok 1 - good & <well>\nnot ok 2 - bad\n"));
    const auto checked = run({"/usr/bin/python3", "-c",
                              "import xml.etree.ElementTree as e, sys\n"
                              "r = e.parse('report.xml').getroot()\n"
                              "print(r.get('tests'), r.get('failures'), "
                              "r.find('.//testcase').get('name'))"},
                             bench.workshop.setting());
    CHECK(checked.out == "2 1 good & <well>\n");
}

TEST_CASE("with --keep the lab is left as the run has left it") {
    const Bench bench{"  - exec: { node: h1, command: touch /tmp/mark }\n"};
    const auto ended = bench.workshop.netlab({"test", "test.yaml", "--output", "out", "--keep"});
    CHECK(ended.code == 0);
    CHECK(has(ended.err, "netlab down " + bench.lab));
    CHECK(bench.workshop.netlab({"exec", "-l", bench.lab, "h1", "ls", "/tmp"}).out == "mark\n");
    CHECK(bench.workshop.netlab({"down", bench.lab}).code == 0);
}

TEST_CASE("a service of a node that was killed has failed, and the record says when it is back") {
    const Bench bench{R"(
  - kill: { node: h1, as: out }
  - expect: { service: web, node: h1, state: failed }
  - wait: 150ms
  - heal: out
  - expect: { service: web, node: h1 }
  - wait: 150ms
  - exec: { node: h2, command: "true" }
)"};
    bench.write_lab(lab_with_service);
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    std::vector<std::string> states;
    for (const auto& event : bench.events("service")) {
        states.push_back(event.at("state"));
    }
    CHECK(std::ranges::count(states, "failed") == 1);
    CHECK(states.back() == "ready");
    const auto last = bench.events("step").back().at("at").get<double>();
    CHECK(bench.events("service").back().at("at").get<double>() < last);
}

TEST_CASE("a node that is back before anybody looked has been without power in the record") {
    const Bench bench{R"(
  - kill: { node: h1, as: out }
  - heal: out
  - expect: { service: web, node: h1, within: 10s }
)"};
    bench.write_lab(lab_with_service);
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    const auto events = bench.events("service");
    const auto failed = std::ranges::count_if(
        events, [](const json& event) { return event.at("state") == "failed"; });
    CHECK(failed == 1);
    CHECK(events.back().at("state") == "ready");
}

TEST_CASE("a schedule goes on though the lab answers nobody while a node has no power") {
    const Bench bench{R"(
  - exec: { node: h1, command: "true" }
  - kill: { node: h2 }
  - exec: { node: h1, command: "echo dark; until test -e /flags/go; do sleep 0.02; done" }
  - wait: 100ms
  - exec: { node: h1, command: echo on }
)"};
    const auto flags = bench.workshop.write("flags/none", "").parent_path().string();
    bench.write_lab(R"({ "nodes": { "h1": { "binds": [")" + flags +
                    R"(:/flags"] }, "h2": {} }, "links": [["h1", "h2"]] })");
    Program test{Workshop::words({"test", "test.yaml", "--output", "out"}),
                 bench.workshop.setting()};
    REQUIRE(eventually([&] { return bench.content("outputs/003-h1.out") == "dark\n"; }));
    const auto supervisor = processes_of(bench.lab).at(0).pid;
    REQUIRE(::kill(supervisor, SIGSTOP) == 0);
    bench.workshop.write("flags/go", "");
    const bool goes_on = eventually([&] { return bench.content("outputs/005-h1.out") == "on\n"; });
    REQUIRE(::kill(supervisor, SIGCONT) == 0);
    CHECK(goes_on);
    const auto ended = test.finish();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
}

TEST_CASE("nothing of an earlier run is left in a run's folder") {
    const Bench failing{"  - exec: { node: h1, command: \"echo red; exit 1\" }\n"};
    REQUIRE(failing.test().code == 1);
    REQUIRE(has(failing.content("failure/h1.txt"), "10.0.1.1"));
    failing.workshop.write("test.yaml",
                           "topology: " + failing.lab + ".json\nsteps:\n  - wait: 1ms\n");
    CHECK(failing.test().code == 0);
    CHECK_FALSE(std::filesystem::exists(failing.workshop.path() / "out/failure"));
    CHECK_FALSE(std::filesystem::exists(failing.workshop.path() / "out/outputs/001-h1.out"));
}

TEST_CASE("a run does not touch what no run has made") {
    const Bench bench{"  - wait: 1ms\n"};
    for (const std::string folder : {"out", "out/2"}) {
        std::filesystem::create_directories(bench.workshop.path() / folder / "logs");
        bench.workshop.write(folder + "/logs/mine", "mine\n");
    }
    for (const auto& words :
         {std::vector<std::string>{}, std::vector<std::string>{"--times", "2"}}) {
        const auto refused = bench.test(words);
        CHECK(refused.code == 2);
        CHECK(has(refused.err,
                  words.empty() ? "would write over 'out/logs'" : "would write over 'out/2/logs'"));
        CHECK(has(refused.err, "--output DIR"));
    }
    bench.workshop.write("out/events.jsonl", "{}\n");
    CHECK(bench.test().code == 2);
    CHECK(bench.content("events.jsonl") == "{}\n");
    CHECK(bench.content("logs/mine") == "mine\n");
    CHECK(bench.content("2/logs/mine") == "mine\n");
    CHECK_FALSE(std::filesystem::exists(bench.workshop.path() / "out/1"));
    bench.workshop.write("beside/mine", "mine\n");
    for (int run = 0; run < 2; ++run) {
        CHECK(bench.workshop.netlab({"test", "test.yaml", "--output", "beside"}).code == 0);
    }
    CHECK(content_of(bench.workshop.path() / "beside/mine") == "mine\n");
}

TEST_CASE("where there is no place for a run's folder or its report, nothing starts") {
    const Bench bench{"  - wait: 1ms\n"};
    const auto folder = bench.workshop.netlab({"test", "test.yaml", "--output", "/proc/none"});
    CHECK(folder.code == 2);
    CHECK(has(folder.err, "cannot make a folder for the run"));
    CHECK(bench.workshop
              .netlab({"test", "test.yaml", "--output", "/proc/none", "--junit", "report.xml"})
              .code == 2);
    CHECK_FALSE(std::filesystem::exists(bench.workshop.path() / "report.xml"));
    CHECK(bench.workshop.netlab({"test", "test.yaml", "--junit", "none/report.xml"}).code == 2);
    CHECK(std::filesystem::is_empty(bench.workshop.path() / "netlab-runs"));
    const auto report = bench.test({"--junit", "none/report.xml"});
    CHECK(report.code == 2);
    CHECK(has(report.err, "cannot write none/report.xml"));
    CHECK_FALSE(std::filesystem::exists(bench.workshop.path() / "out/events.jsonl"));
    const auto none = bench.workshop.netlab({"test", "none.yaml"});
    CHECK(none.code == 2);
    CHECK(has(none.err, "cannot read the scenario"));
}

} // namespace netlab::test
