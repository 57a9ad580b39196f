#include "document/parse_document.h"
#include "scenario/json_path.h"
#include "scenario/text_wish.h"
#include "support/catch.h"

#include <stdexcept>

namespace netlab::test {

namespace {

TextWish json_wish(const std::string& path, const std::string& equals) {
    TextWish inner;
    inner.equals = equals;
    TextWish wish;
    wish.json.push_back({path, std::make_shared<const TextWish>(inner), {}, {}});
    return wish;
}

bool holds(const TextWish& wish, const std::string& text) {
    return mismatches(wish, text, "output").empty();
}

} // namespace

TEST_CASE("newlines at the end do not count for equality") {
    TextWish wish;
    wish.equals = "v1";
    CHECK(holds(wish, "v1"));
    CHECK(holds(wish, "v1\n"));
    CHECK_FALSE(holds(wish, "v1 \n"));
    CHECK_FALSE(holds(wish, ""));
}

TEST_CASE("contains, lacks and matches all have to hold") {
    TextWish wish;
    wish.contains = {"leader"};
    wish.lacks = {"error"};
    wish.matches = {Regex{"^[0-9]+ leader"}};
    CHECK(holds(wish, "12 leader\n"));
    CHECK_FALSE(holds(wish, "12 leader: error\n"));
    CHECK_FALSE(holds(wish, "a leader\n"));
    CHECK(mismatches(wish, "error", "output").size() == 3);
}

TEST_CASE("a regular expression is of lines, and sees behind a NUL") {
    CHECK(Regex{"^b$"}.found_in("a\nb\nc\n"));
    using namespace std::string_literals;
    CHECK(Regex{"b$"}.found_in("a\0b"s));
}

TEST_CASE("expressions that would fill the memory are refused") {
    CHECK_THROWS_AS(Regex{"((a{1,255}){1,255}){1,255}"}, std::runtime_error);
    CHECK_THROWS_AS(Regex{"a{99999999999999999999}"}, std::runtime_error);
    CHECK_THROWS_AS(Regex{std::string(5000, '(')}, std::runtime_error);
    CHECK_THROWS_AS(Regex{"("}, std::runtime_error);
}

TEST_CASE("a JSON path leads to values by names, numbers and wildcards") {
    const std::string text = R"([{"Status": {"leader": 7, "names": ["a", "b"]}}, {"Status": {}}])";
    CHECK(holds(json_wish("$[0].Status.leader", "7"), text));
    CHECK(holds(json_wish("[0].Status['leader']", "7"), text));
    CHECK(holds(json_wish("$[*].Status.names[-1]", "b"), text));
    CHECK(holds(json_wish("$[0].Status.names.*", "b"), text));
    CHECK_FALSE(holds(json_wish("$[1].Status.leader", "7"), text));
    CHECK_FALSE(holds(json_wish("$[5]", "7"), text));
    CHECK_FALSE(holds(json_wish("$.a", "7"), "no json"));
}

TEST_CASE("what is no JSON path is none") {
    for (const auto* text : {"$.", "$a", "$[", "$[x]", "$..a", "a b", "$.a]"}) {
        INFO(text);
        CHECK_FALSE(JsonPath::parse(text));
    }
    CHECK(JsonPath::parse("$"));
    CHECK(JsonPath::parse("a.b[0]"));
}

TEST_CASE("a number at a JSON path can have bounds") {
    TextWish wish;
    wish.json.push_back({"$.n", nullptr, 2.0, 3.0});
    CHECK(holds(wish, R"({"n": 2})"));
    CHECK(holds(wish, R"({"n": 2.5})"));
    CHECK_FALSE(holds(wish, R"({"n": 3.1})"));
    CHECK_FALSE(holds(wish, R"({"n": "2"})"));
}

} // namespace netlab::test
