#include "scenario/loading.h"

#include <set>

namespace netlab::test {

TEST_CASE("the same seed makes the same choices, and another seed others") {
    const Drawn drawn{R"(
topology: lab.json
steps:
  - resume: { any: "n[1-5]" }
  - wait: 1s..9s
  - pause: { some: 3, of: "@member" }
  - partition: { shape: ring, seed: any }
)"};
    CHECK(drawn.written(7) == drawn.written(7));
    std::set<std::string> kinds;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        kinds.insert(drawn.written(seed));
    }
    CHECK(kinds.size() > 15);
}

TEST_CASE("a choice of one step does not depend on those before it") {
    const std::string last = "  - wait: 1s..9s\n";
    const Drawn one{"topology: lab.json\nsteps:\n  - wait: 1s\n" + last};
    const Drawn other{"topology: lab.json\nsteps:\n  - resume: { any: \"n[1-5]\" }\n" + last};
    CHECK(one.steps(3)[1].written == other.steps(3)[1].written);
}

TEST_CASE("some of several nodes are different ones") {
    const Drawn drawn{"topology: lab.json\nsteps:\n  - pause: { some: 5, of: \"n[1-5]\" }\n"};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto steps = drawn.steps(seed);
        const auto& action = std::get<NodeAction>(steps.front().action);
        CHECK(std::set<std::string>(action.targets.begin(), action.targets.end()).size() == 5);
    }
}

TEST_CASE("a duration between two lies between them") {
    Choices choices{1};
    for (int i = 0; i < 1000; ++i) {
        const auto drawn = parse_duration(chosen_duration("10ms..20ms", choices));
        REQUIRE(drawn);
        CHECK(*drawn >= std::chrono::milliseconds{10});
        CHECK(*drawn <= std::chrono::milliseconds{20});
    }
}

TEST_CASE("any seed of a shape is a number in the step that is recorded") {
    const Drawn drawn{"topology: lab.json\nsteps:\n  - partition: { shape: ring, seed: any }\n"};
    CHECK(drawn.written(5).find("any") == std::string::npos);
    CHECK(drawn.written(5) != drawn.written(6));
}

TEST_CASE("choices that happen to overlap are a mistake when they are drawn") {
    const Drawn drawn{
        "topology: lab.json\nsteps:\n  - partition: { sides: [n1, { any: [n2, n3] }] }\n"};
    CHECK(drawn.steps(1).size() == 1);
    CHECK_NOTHROW(drawn.steps(2));
}

} // namespace netlab::test
