#include "base/node_clock.h"
#include "support/catch.h"

namespace netlab::test {

using namespace std::chrono_literals;

TEST_CASE("a duration may have a sign") {
    CHECK(parse_signed_duration("+500ms") == 500ms);
    CHECK(parse_signed_duration("-1.5s") == -1500ms);
    CHECK(parse_signed_duration("2h") == 2h);
    for (const auto* text : {"", "+", "--1s", "+-1s", "- 1s", "1", "-5"}) {
        CHECK_FALSE(parse_signed_duration(text));
    }
    CHECK(spell_signed(-1500ms) == "-1.5s");
    CHECK(spell_signed(500ms) == "+500ms");
    CHECK(spell_signed(0s) == "0s");
}

TEST_CASE("a drift is in parts per million or thousand million") {
    CHECK(parse_drift("200ppm") == 200'000);
    CHECK(parse_drift("-0.5ppm") == -500);
    CHECK(parse_drift("+3ppb") == 3);
    CHECK(parse_drift("500000ppm") == most_drift);
    for (const auto* text : {"", "ppm", "200", "1s", "0.1ppb", "500001ppm", "--1ppm", "2 ppm"}) {
        CHECK_FALSE(parse_drift(text));
    }
    CHECK(spell_drift(200'000) == "+200ppm");
    CHECK(spell_drift(-1'500) == "-1.5ppm");
    CHECK(spell_drift(0) == "0ppm");
}

} // namespace netlab::test
