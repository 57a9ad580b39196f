#include "scenario/loading.h"

namespace netlab::test {

TEST_CASE("a step begins in turn, after the one before, or by the clock") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - wait: 1s
  - { at: +5s, wait: 1s }
  - { at: 7s, wait: 1s }
  - { not_before: 9s, wait: 1s }
)"};
    const auto steps = drawn.steps();
    CHECK(steps[0].begin.kind == StepTime::Kind::in_turn);
    CHECK(steps[1].begin.kind == StepTime::Kind::after_step);
    CHECK(steps[1].begin.time == std::chrono::seconds{5});
    CHECK(steps[2].begin.kind == StepTime::Kind::from_begin);
    CHECK(steps[3].begin.kind == StepTime::Kind::not_before);
}

TEST_CASE("the example of the manual is read as it is meant") {
    const Drawn drawn{R"(
topology: lab.json
seed: 42
steps:
  - wait: { ready: all, within: 30s }
  - exec: { node: n1, command: etcdctl put k 1 }
  - partition: { sides: ["n[1-2]", "n[3-5]"], for: 20s, as: split }
  - background: { name: load, node: n1, command: ./writer --rate 100 }
  - at: +5s
    link: { set: n3-sw, delay: 300ms }
  - expect: { node: n4, command: status, exit: 0, output: { contains: "true" }, within: 10s }
  - heal: split
  - expect: { ping: { from: all, to: all }, within: 5s }
  - repeat: { times: 5, every: 2s, steps: [ { link: { down: n1-sw } }, { link: { up: n1-sw } } ] }
)"};
    CHECK(drawn.scenario.topology == "/labs/lab.json");
    CHECK(drawn.scenario.seed == 42);
    const auto steps = drawn.steps();
    REQUIRE(steps.size() == 9);
    CHECK(steps[2].lasts == std::chrono::seconds{20});
    CHECK(steps[2].as == "split");
    CHECK(std::get<PartitionAction>(steps[2].action).sides.size() == 2);
    const auto& link = std::get<LinkAction>(steps[4].action);
    CHECK(link.targets == std::vector<std::string>{"n3-sw"});
    CHECK(link.properties.front().second == "300ms");
    const auto& expect = std::get<ExpectAction>(steps[5].action);
    CHECK(expect.within == std::chrono::seconds{10});
    CHECK(std::get<CommandSubject>(expect.subject).out.contains.front() == "true");
    CHECK(std::get<RepeatAction>(steps[8].action).steps.size() == 2);
}

TEST_CASE("what a step says can be said again as JSON") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - exec: { node: n1, command: [printf, "a\tb\"c"], exit: 3 }
)"};
    const Drawn again{R"({"topology": "lab.json", "steps": [)" + drawn.steps()[0].written + "]}",
                      "again.json"};
    CHECK(again.written() == drawn.written());
}

TEST_CASE("a record of events is a scenario with the times at which steps began") {
    const Drawn drawn{
        R"({"event":"scenario","name":"x","topology":"lab.json","seed":4,"on_failure":"continue"}
{"event":"step","number":1,"at":0.5,"step":{"exec":{"node":"n1","command":"true"}}}
{"event":"end","number":1,"at":0.6,"outcome":"held"}
{"event":"step","number":2,"at":5,"step":{"at":"+4s","wait":"1s"}}
)",
        "events.jsonl"};
    CHECK(drawn.scenario.name == "x");
    CHECK(drawn.scenario.seed == 4);
    CHECK_FALSE(drawn.scenario.stop_on_failure);
    const auto steps = drawn.steps();
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].begin.kind == StepTime::Kind::not_before);
    CHECK(steps[0].begin.time == std::chrono::milliseconds{500});
    CHECK(steps[1].begin.kind == StepTime::Kind::from_begin);
    CHECK(steps[1].begin.time == std::chrono::seconds{5});
}

} // namespace netlab::test
