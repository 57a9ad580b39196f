#include "support/catch.h"
#include "sys/id_choice.h"
#include "sys/id_map.h"

namespace netlab::test {

TEST_CASE("an id map is the same after a way through the text of /proc/PID/uid_map") {
    const IdMap map{{0, 1000, 1}, {1, 100000, 65536}};
    CHECK(to_text(map) == "0 1000 1\n1 100000 65536\n");
    CHECK(parse_id_map(to_text(map)) == map);
    CHECK(parse_id_map("         0          0 4294967295\n") == IdMap{{0, 0, 4294967295U}});
    CHECK(parse_id_map("").empty());
    CHECK(parse_id_map("0 0 1\n1 1\n2 2 2\n") == IdMap{{0, 0, 1}});
    CHECK(parse_id_map("0 0 4294967296\n").empty());
}

TEST_CASE("a node's map has a line for each line of the lab's, to the same ids") {
    CHECK(identity_of({{0, 1000, 1}, {1, 100000, 65536}}) == IdMap{{0, 0, 1}, {1, 1, 65536}});
}

TEST_CASE("subordinate ids are found by name and by number, and bad lines are passed over") {
    constexpr const char* text = "# comment\n"
                                 "ann:100000:65536\n"
                                 "bob:200000:65536\n"
                                 "ann:broken:1\n"
                                 "ann\n"
                                 "1001:400000:1000\n"
                                 "ann:300000:0\n"
                                 "ann:500000:-5\n"
                                 "ann:700000:65536:1\n" // nor would newuidmap(1) take these
                                 "ann:800000:65536 \n"
                                 "annette:600000:65536";
    CHECK(parse_subordinate_ids(text, "ann", 1001) == IdMap{{0, 100000, 65536}, {0, 400000, 1000}});
    CHECK(parse_subordinate_ids(text, "bob", 7) == IdMap{{0, 200000, 65536}});
    CHECK(parse_subordinate_ids(text, "eve", 7).empty());
    CHECK(parse_subordinate_ids(text, "annette", 7) == IdMap{{0, 600000, 65536}});
}

TEST_CASE("the range of ids that a user is advised to take is nobody else's") {
    CHECK(free_subordinate_range("", "") == 100'000U);
    CHECK(free_subordinate_range("ann:100000:65536\n", "ann:100000:65536\n") == 165'536U);
    CHECK(free_subordinate_range("bob:165536:65536\nann:100000:65536\n", "eve:290000:9\n") ==
          290'009U);
    CHECK(free_subordinate_range("ann:100000:10\nbob:200000:65536\n", "") == 100'010U);
    CHECK_FALSE(free_subordinate_range("ann:100000:4294867295\n", ""));
}

TEST_CASE("root of a user namespace hands on the ids that it has itself") {
    const auto maps = choose_id_maps(); // in the tests' own world there is one
    CHECK(maps.writer == IdMaps::Writer::kernel);
    CHECK(maps.uids == IdMap{{0, 0, 1}});
    CHECK(maps.gids == IdMap{{0, 0, 1}});
}

} // namespace netlab::test
