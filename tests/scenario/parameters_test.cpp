#include "scenario/loading.h"

namespace netlab::test {

namespace {

const std::string text = R"(
topology: lab.json
parameters: { blackout: 30s, flaps: 10 }
steps:
  - wait: "{{blackout}}"
  - repeat: { times: "{{flaps}}", steps: [ { exec: { node: n1, command: "sleep {{blackout}}" } } ] }
)";

} // namespace

TEST_CASE("a parameter stands for its value, and keeps its kind where it stands alone") {
    const Drawn drawn{text};
    const auto steps = drawn.steps();
    CHECK(std::get<WaitAction>(steps[0].action).time == std::chrono::seconds{30});
    CHECK(std::get<RepeatAction>(steps[1].action).times == 10);
    CHECK(steps[1].written.find("sleep 30s") != std::string::npos);
}

TEST_CASE("the command line gives a parameter another value") {
    const Drawn drawn{text, "scenario.yaml", {{"blackout", "2s"}, {"flaps", "3"}}};
    const auto steps = drawn.steps();
    CHECK(std::get<WaitAction>(steps[0].action).time == std::chrono::seconds{2});
    CHECK(std::get<RepeatAction>(steps[1].action).times == 3);
}

TEST_CASE("a parameter that the scenario has not is a mistake of the command line") {
    CHECK_THROWS_AS((Drawn{text, "scenario.yaml", {{"blakout", "2s"}}}), InputError);
    CHECK_THROWS_AS((Drawn{text, "scenario.yaml", {{"flaps", "some"}}}), InputError);
}

} // namespace netlab::test
