#include "scenario/loading.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

/// The steps of the first step's first round, as JSON.
json first_round(const Drawn& drawn, std::uint64_t seed = 0) {
    const auto steps = drawn.steps(seed);
    const auto& repeat = std::get<RepeatAction>(steps.front().action);
    json round = json::array();
    for (const auto& step : drawn.checked.draw(repeat.steps, Choices{seed})) {
        round.push_back(json::parse(step.written));
    }
    return round;
}

} // namespace

TEST_CASE("a flap takes links down and up, each so long after the other") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - flap: { link: "n[1-2]-sw", times: 10, down: 200ms, up: 1s..3s }
)"};
    const auto step = drawn.steps().front();
    CHECK(step.title == "flap n[1-2]-sw 10 times");
    CHECK(std::get<RepeatAction>(step.action).times == 10);
    CHECK(std::get<RepeatAction>(step.action).by_schedule);
    const auto round = first_round(drawn, 7);
    REQUIRE(round.size() == 3);
    CHECK(round[0] == json{{"link", {{"down", "n[1-2]-sw"}}}});
    CHECK(round[1] == json{{"at", "+200ms"}, {"link", {{"up", "n[1-2]-sw"}}}});
    CHECK(round[2] == first_round(drawn, 7)[2]);
    CHECK(round[2] != first_round(drawn, 8)[2]);
    CHECK(round[2]["wait"] == "0s");
}

TEST_CASE("a churn takes other nodes each time, and gives them back before the next") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - churn: { node: [ "n[1-2]", "n[4-5]" ], count: 2, times: 5, every: 2s, for: 1s, by: pause, as: some }
)"};
    const auto step = drawn.steps().front();
    CHECK(std::get<RepeatAction>(step.action).every == "2s");
    const auto round = first_round(drawn, 3);
    REQUIRE(round.size() == 2);
    CHECK(round[0]["pause"]["as"] == "some");
    CHECK(round[0]["pause"]["node"].size() == 2);
    CHECK(round[1] == json{{"at", "+1s"}, {"heal", "some"}});
    bool differs = false;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const auto nodes = first_round(drawn, seed)[0]["pause"]["node"].dump();
        CHECK(nodes.find("n3") == std::string::npos);
        differs = differs || nodes != round[0]["pause"]["node"].dump();
    }
    CHECK(differs);
}

TEST_CASE("a node that a churn names twice is one") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - churn: { node: [ n2, "n[1-2]", "@member" ], count: 5, times: 1, for: 1s, by: pause }
)"};
    auto nodes = first_round(drawn, 3)[0]["pause"]["node"].get<std::vector<std::string>>();
    std::ranges::sort(nodes);
    CHECK(nodes == std::vector<std::string>{"n1", "n2", "n3", "n4", "n5"});
}

TEST_CASE("a ramp goes from one end to the other in steps of the same length") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - ramp: { link: n1-sw, from: { delay: 10ms, loss: 0%, rate: 1mbit }, to: { delay: 30ms, loss: 5%, rate: 3mbit },
            over: 3s, steps: 2, as: slow }
  - heal: slow
)"};
    CHECK(drawn.steps().front().title ==
          "ramp from delay 10ms loss 0% rate 1mbit to delay 30ms loss 5% rate 3mbit over 3s");
    const auto round = first_round(drawn);
    REQUIRE(round.size() == 3);
    const auto set = [](const char* delay, const char* loss, const char* rate) {
        return json{
            {"set", "n1-sw"}, {"delay", delay}, {"loss", loss}, {"rate", rate}, {"as", "slow"}};
    };
    CHECK(round[0] == json{{"link", set("10ms", "0%", "1mbit")}});
    CHECK(round[1] == json{{"at", "+1.5s"}, {"link", set("20ms", "2.5%", "2mbit")}});
    CHECK(round[2] == json{{"at", "+1.5s"}, {"link", set("30ms", "5%", "3mbit")}});
}

TEST_CASE("nodes that are killed in rounds may be waited for") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - exec: { node: n1, command: "true" }
  - repeat: { times: 2, steps: [ { kill: n2 }, { start: n2 } ] }
  - wait: { ready: all }
)"};
    CHECK(drawn.steps().size() == 3);
}

} // namespace netlab::test
