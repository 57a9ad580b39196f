#include "base/split.h"
#include "support/catch.h"

using netlab::cut_off;
using netlab::split;
using netlab::split_words;
using Pieces = std::vector<std::string_view>;

TEST_CASE("a text is split at its separators, and nothing is behind a last one") {
    CHECK(split("", '\n').empty());
    CHECK(split("one", '\n') == Pieces{"one"});
    CHECK(split("one\ntwo\n", '\n') == Pieces{"one", "two"});
    CHECK(split("\n\none", '\n') == Pieces{"", "", "one"});
}

TEST_CASE("the part before a separator is taken off with it") {
    std::string_view rest = "user:x::1:";
    CHECK(cut_off(rest, ':') == "user");
    CHECK(cut_off(rest, ':') == "x");
    CHECK(cut_off(rest, ':').empty());
    CHECK(rest == "1:");
    CHECK(cut_off(rest, ':') == "1");
    CHECK(rest.empty());
    CHECK(cut_off(rest, ':').empty());
}

TEST_CASE("words are what blanks, tabs and line ends leave") {
    CHECK(split_words(" \t\n").empty());
    CHECK(split_words("36 35\t98:0  /mnt1\n") == Pieces{"36", "35", "98:0", "/mnt1"});
}
