#include "cli/bench.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>

namespace netlab::test {

namespace {

using nlohmann::json;

} // namespace

TEST_CASE("a scenario whose expectations hold ends with 0 and leaves its record") {
    const Bench bench{R"(
  - exec: { node: h1, command: echo hello }
  - expect: { ping: { from: all, to: all } }
  - expect: { node: "h[1-3]", command: hostname, output: { matches: "^h[1-3]$" } }
  - expect: { path: { from: h1, to: h2, hops: [h2] } }
  - expect: { rtt: { from: h1, to: h2, at_most: 1s, count: 2 } }
  - expect: { loss: { from: h1, to: h2, at_most: 0%, count: 3 } }
  - expect: { throughput: { from: h1, to: h3, at_least: 1mbit, for: 200ms } }
  - expect: { route: { node: h1, to: 10.0.1.0/24, via: eth0 } }
  - expect: { no_route: { node: h1, to: 192.0.2.0/24 } }
  - expect: { file: /etc/hostname, node: h2, content: { equals: h2 } }
  - expect: { no_file: /tmp/none, node: h2 }
)"};
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(has(ended.out, "all 10 expectations held"));
    CHECK(bench.content("outputs/001-h1.out") == "hello\n");
    CHECK(bench.events("step").size() == 11);
    CHECK(bench.events("verdict").front().at("outcome") == "held");
}

TEST_CASE("what does not hold is shown with what was expected, and the nodes' state is kept") {
    const Bench bench{R"(
  - expect: { node: h1, command: "echo red; echo oops >&2; exit 3", output: { equals: blue } }
  - exec: { node: h1, command: echo never }
)"};
    const auto ended = bench.test();
    INFO(ended.out);
    CHECK(ended.code == 1);
    CHECK(ended.out.starts_with("test.yaml:4:5: error: this does not hold: h1: echo red"));
    CHECK(has(ended.out, "exit code 0"));
    CHECK(has(ended.out, "exit code 3: oops"));
    CHECK(has(ended.out, "output is \"blue\""));
    CHECK(has(ended.out, "\"red\\n\""));
    CHECK(has(bench.content("failure/h1.txt"), "10.0.1.1/24"));
    CHECK(bench.events("step").size() == 1);
}

TEST_CASE("expectations with points go on after a failure and make a score") {
    const Bench bench{R"(
  - expect: { node: h1, command: "false", points: 10 }
  - expect: { node: h1, command: "true", points: 5 }
)"};
    const auto ended = bench.test({"--json"});
    CHECK(ended.code == 1);
    const auto run = json::parse(ended.out).at("runs").at(0);
    CHECK(run.at("points") == 5);
    CHECK(run.at("most_points") == 15);
    CHECK(run.at("steps").size() == 2);
}

TEST_CASE("faults end by their time, by their name and with heal all") {
    const Bench bench{R"(
  - link: { down: h1-sw, for: 3s }
  - expect: { unreachable: { from: h1, to: h2 } }
  - expect: { ping: { from: h1, to: h2 }, within: 10s }
  - link: { set: h1-sw, delay: 50ms, as: slow }
  - expect: { rtt: { from: h1, to: h2, at_least: 100ms, count: 2 } }
  - heal: slow
  - expect: { rtt: { from: h1, to: h2, at_most: 90ms, count: 2 } }
  - partition: { sides: [h1, "h[2-3]"] }
  - partition: { one_way: [h3, h2], as: second }
  - expect: { unreachable: { from: h1, to: "h[2-3]" } }
  - expect: { unreachable: { from: h2, to: h3 } }
  - heal: all
  - expect: { ping: { from: all, to: all }, within: 5s }
)"};
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(bench.events("fault_end").size() == 1);
}

TEST_CASE("steps with a time of their own begin beside those that go on") {
    const Bench bench{R"(
  - { name: long, expect: { ping: { from: h1, to: h2 }, throughout: 700ms } }
  - { name: beside, at: +100ms, exec: { node: h3, command: "true" } }
  - { name: clock, at: 200ms, exec: { node: h3, command: "true" } }
  - { name: then, wait: 0s }
)"};
    CHECK(bench.test().code == 0);
    CHECK(bench.begun() == std::vector<std::string>{"long", "beside", "clock", "then"});
    const auto steps = bench.events("step");
    CHECK(steps[1].at("due") == 0.1);
    CHECK(steps[2].at("due") == 0.2);
    CHECK(steps[3].at("due").get<double>() >= 0.7);
}

TEST_CASE("what has to hold throughout a time fails when it does not") {
    const Bench bench{R"(
  - expect: { ping: { from: h1, to: h2 }, throughout: 20s }
  - { at: 300ms, link: { down: h1-sw } }
)"};
    const auto ended = bench.test();
    INFO(ended.out);
    CHECK(ended.code == 1);
    CHECK(has(ended.out, "throughout 20s"));
}

TEST_CASE("a command in the background can be asked for and ended") {
    const Bench bench{R"(
  - background: { name: tick, node: h1, command: "echo up; exec sleep 100" }
  - expect: { background: tick, output: { contains: up }, within: 5s }
  - end: tick
  - expect: { background: tick, exit: 143 }
  - background: { name: left, node: h1, command: "sleep 100" }
)"};
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
}

TEST_CASE("repeated steps draw anew each time, and the same seed draws the same") {
    const Bench bench{R"(
  - repeat: { times: 4, steps: [ { exec: { node: { any: "h[1-3]" }, command: "true" } } ] }
)"};
    CHECK(bench.test({"--seed", "7"}).code == 0);
    const auto first = bench.begun();
    CHECK(first.size() == 4); // the repeat itself is none of the record
    CHECK(bench.test({"--seed", "7"}).code == 0);
    CHECK(bench.begun() == first);
}

TEST_CASE("runs beside each other are labs of their own, each with its seed and folder") {
    const Bench bench{R"(
  - exec: { node: h1, command: "test ! -e /tmp/mark && touch /tmp/mark" }
  - expect: { ping: { from: all, to: all } }
)"};
    const auto ended = bench.test({"--times", "4", "--parallel", "2", "--seed", "5"});
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(has(ended.out, "4 of 4 runs held"));
    std::set<std::uint64_t> seeds;
    for (const auto* run : {"1", "2", "3", "4"}) {
        const auto head = bench.events("scenario", std::string{"out/"} + run);
        REQUIRE(head.size() == 1);
        seeds.insert(head.front().at("seed").get<std::uint64_t>());
    }
    CHECK(seeds == std::set<std::uint64_t>{5, 6, 7, 8});
}

TEST_CASE("a lab that cannot be made is exit code 3, and a wrong file 2 before anything starts") {
    const Bench bench{"  - wait: 1s\n"};
    bench.write_lab(R"({ "nodes": { "h1": { "exec": ["false"] } } })");
    const auto no_lab = bench.test();
    CHECK(no_lab.code == 3);
    CHECK(has(no_lab.out, "the lab could not be made"));
    bench.write_lab(R"({ "nodes": { "h1": { "kind": "hots" } } })");
    const auto wrong = bench.test();
    CHECK(wrong.code == 2);
    CHECK(has(wrong.err, bench.lab + ".json:1:"));
    bench.workshop.write("test.yaml", "topology: none.json\nsteps: [ { wait: 1 } ]\n");
    const auto missing = bench.test();
    CHECK(missing.code == 2);
    CHECK(has(missing.err, "test.yaml:1:11: error: "));
}

TEST_CASE("a signal ends the run and its lab") {
    const Bench bench{"  - exec: { node: h1, command: echo begun }\n  - wait: 1000s\n"};
    Program test{Workshop::words({"test", "test.yaml", "--output", "out"}),
                 bench.workshop.setting()};
    REQUIRE(eventually([&] { return bench.content("outputs/001-h1.out") == "begun\n"; }));
    test.signal(SIGTERM);
    CHECK(test.finish().code == 128 + SIGTERM);
    CHECK(bench.workshop.left_of(bench.lab).empty());
    CHECK(bench.events("verdict").front().at("outcome") == "interrupted");
}

TEST_CASE("a run that is killed is told of, though the lab that it was to keep lives on") {
    const Bench bench{"  - exec: { node: h1, command: echo begun }\n  - wait: 1000s\n"};
    Program test{Workshop::words({"test", "test.yaml", "--output", "out", "--keep"}),
                 bench.workshop.setting()};
    REQUIRE(eventually([&] { return bench.content("outputs/001-h1.out") == "begun\n"; }));
    const auto parent = std::to_string(test.pid());
    std::istringstream children{content_of("/proc/" + parent + "/task/" + parent + "/children")};
    pid_t run = 0;
    REQUIRE(children >> run);
    REQUIRE(::kill(run, SIGKILL) == 0);
    const auto ended = test.finish();
    CHECK(ended.code == 3);
    CHECK(has(ended.out + ended.err, "died"));
    CHECK(bench.workshop.netlab({"down", bench.lab}).code == 0);
}

TEST_CASE("a fault that takes longer than it is to last ends as soon as it is in place") {
    const Bench bench{R"(
  - link: { down: h1-sw, for: 1ms }
  - kill: { node: h2, for: 1ms }
  - kill: { node: h3, as: out }
  - { at: +1ms, heal: out }
  - expect: { ping: { from: h1, to: [h2, h3] }, within: 10s }
)"};
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(bench.events("fault_end").size() == 2);
}

TEST_CASE("what was set twice becomes what it was before the first") {
    const Bench bench{R"(
  - ramp: { link: h1-sw, from: { delay: 100ms }, to: { delay: 300ms }, over: 20ms, steps: 2 }
  - heal: all
  - expect: { rtt: { from: h1, to: h3, at_most: 50ms } }
)"};
    const auto ended = bench.test();
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(bench.begun() ==
          std::vector<std::string>{"link set h1-sw delay 100ms", "link set h1-sw delay 200ms",
                                   "link set h1-sw delay 300ms", "heal all", "rtt h1 to h3"});
}

TEST_CASE("links flap and nodes come and go in a scenario, and all is whole after it") {
    const Bench bench{R"(
  - flap: { link: h1-sw, times: 2, down: 20ms..30ms, up: 10ms }
  - churn: { node: "h[1-3]", count: 2, times: 2, for: 10ms, by: pause }
  - churn: { node: "h[1-3]", times: 1, for: 10ms }
  - expect: { ping: { from: all, to: all }, within: 10s }
)"};
    const auto ended = bench.test({"--seed", "5"});
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    const auto begun = bench.begun();
    CHECK(std::ranges::count(begun, "link down h1-sw") == 2);
    CHECK(std::ranges::count(begun, "link up h1-sw") == 2);
    const auto again = bench.workshop.netlab({"test", "out/events.jsonl", "--output", "again"});
    CHECK(again.code == 0);
    CHECK(bench.begun("again") == begun);
}

} // namespace netlab::test
