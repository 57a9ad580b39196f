#include "base/duration.h"
#include "base/hostlist.h"
#include "base/long_table.h"
#include "base/nearest_word.h"
#include "base/number.h"
#include "base/quote.h"
#include "base/table.h"
#include "support/catch.h"

#include <algorithm>
#include <clocale>

namespace netlab {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

TEST_CASE("the nearest word is near, or there is none") {
    const Names keys{"kind", "group", "labels", "loopback", "routes"};
    CHECK(nearest_word("kidn", keys) == "kind");
    CHECK(nearest_word("Kind", keys) == "kind");
    CHECK(nearest_word("rotes", keys) == "routes");
    CHECK(nearest_word("lopback", keys) == "loopback");
    CHECK(nearest_word("memory", keys).empty());
    CHECK(nearest_word("", keys).empty());
    CHECK(nearest_word("x", {"y"}).empty());
    CHECK(nearest_word("h1", {"h2", "r1"}) == "h2");
    CHECK(nearest_word(std::string(1000, 'k'), keys).empty());
    CHECK(did_you_mean("gruop", keys) == "did you mean 'group'?");
    CHECK(did_you_mean("memory", keys).empty());
}

TEST_CASE("a number is nothing but its digits, and no more than its type holds") {
    CHECK(to_number<std::uint16_t>("65535") == std::uint16_t{65535});
    CHECK(to_number<int>("-7") == -7);
    CHECK(to_number<int>("ff", 16) == 255);
    for (const auto* text : {"", "-", "-7", "+7", " 7", "7 ", "0x7", "65536", "7.0"}) {
        INFO(text);
        CHECK_FALSE(to_number<std::uint16_t>(text));
    }
}

TEST_CASE("a hostlist is every name it says, in order") {
    CHECK(expand_hostlist("h1").names == Names{"h1"});
    CHECK(expand_hostlist("h[1-3]").names == Names{"h1", "h2", "h3"});
    CHECK(expand_hostlist("h[08-11]").names == Names{"h08", "h09", "h10", "h11"});
    CHECK(expand_hostlist("h[1-2,7]x").names == Names{"h1x", "h2x", "h7x"});
    CHECK(expand_hostlist("p[0-1]s[0-1]").names == Names{"p0s0", "p0s1", "p1s0", "p1s1"});
    CHECK(expand_hostlist("").names == Names{""});
    CHECK(has_range("h[1-2]"));
    CHECK_FALSE(has_range("h1"));
}

TEST_CASE("a hostlist that is not one says why") {
    for (const auto* text :
         {"h[", "h]", "h[]", "h[1", "h[1-]", "h[-1]", "h[3-1]", "h[a-b]", "h[1,,2]", "h[[1]]",
          "h[01-100]", "h[1-9999999999]", "h[1 -2]", "h[1-2-3]"}) {
        INFO(text);
        CHECK_FALSE(expand_hostlist(text).error.empty());
        CHECK(expand_hostlist(text).names.empty());
    }
}

TEST_CASE("a hostlist larger than its limit is refused before it takes memory") {
    CHECK_FALSE(expand_hostlist("h[1-999999999]").error.empty());
    CHECK_FALSE(expand_hostlist("h[1-99999]x[1-99999]y[1-99999]z[1-99999]").error.empty());
    CHECK(expand_hostlist("h[1-10]", 10).names.size() == 10);
    CHECK_FALSE(expand_hostlist("h[1-11]", 10).error.empty());
    CHECK_FALSE(expand_hostlist(std::string(300, 'h') + "[1-2]").error.empty());
}

TEST_CASE("text from outside cannot move the cursor or turn the line round") {
    CHECK(printable("plain") == "plain");
    CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
    CHECK(printable("a\tb\nc") == "a\\tb\\nc");
    CHECK(printable("größe 日本") == "größe 日本");
    CHECK(printable("\xe2\x80\xae"
                    "evil") == "\\u202eevil");
    CHECK(printable("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\x9b31m");
    CHECK(printable("abcdef", 3) == "abc…");
    CHECK(quoted("h1") == "'h1'");
    std::string name = "h2";
    CHECK(quoted(name) == "'h2'");
}

TEST_CASE("durations are a number and its unit") {
    CHECK(parse_duration("10ms") == 10ms);
    CHECK(parse_duration("1.5s") == 1500ms);
    CHECK(parse_duration("200us") == 200us);
    CHECK(parse_duration("5ns") == 5ns);
    CHECK(parse_duration("2m") == 2min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("0.000000001s") == 1ns);
    CHECK(parse_duration("0s") == 0s);
    CHECK(parse_duration("1.10000000000000000000s") == 1100ms);
    for (const auto* text : {"", "10", "ms", "10 ms", "-1s", "+1s", "1.s", ".5s", "1.2.3s", "1e3s",
                             "10msec", "0.1ns", "9999999999999999999h", "9223372037s", "1s "}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("a duration's spelling is short and reads back") {
    CHECK(to_string(Duration{100ms}) == "100ms");
    CHECK(to_string(Duration{1500ms}) == "1.5s");
    CHECK(to_string(Duration{60s}) == "1m");
    CHECK(to_string(Duration{300s}) == "5m");
    CHECK(to_string(Duration{0}) == "0s");
    CHECK(to_string(Duration{100s}) == "100s");
    for (const auto duration :
         {Duration{1}, Duration{1'234'567'891}, Duration{86'400s}, Duration::max()}) {
        CHECK(parse_duration(to_string(duration)) == duration);
    }
}

TEST_CASE("a table's columns stand under their headings") {
    Table table{{"NODE", "KIND", "ADDRESS"}};
    table.add_row({"h1", "host", "10.0.1.1/24"});
    table.add_row({"a-long-name", "switch", ""});
    CHECK(table.to_string() == "NODE        KIND   ADDRESS\n"
                               "h1          host   10.0.1.1/24\n"
                               "a-long-name switch\n");
    // Only the last column gives way, and no further than its heading.
    CHECK(table.to_string(24) == "NODE        KIND   ADDRESS\n"
                                 "h1          host   10.0.1.\n"
                                 "a-long-name switch\n");
    CHECK(table.to_string(0, true).find("\x1b[1m") != std::string::npos);
    CHECK(Table{{"NODE"}}.to_string().empty());
}

TEST_CASE("a long table looks like any other, whatever is in its cells") {
    const auto* const locale = GENERATE("C", "C.UTF-8");
    REQUIRE(std::setlocale(LC_CTYPE, locale) != nullptr);
    const std::vector<std::string> headings{"NODE", "KIND", "ADDRESS"};
    const std::vector<std::vector<std::string>> cells{
        {"h1", "", "10.0.1.1/24"},
        {"", "", ""},
        {"größe 日本", "\x1b[31mred\t", "\xff\xc0\xaf"},
        {R"(a\b \x41)", "behind a blank ", "blanks   "},
        {" x", std::string(300, '-'), "e\xcc\x81"}};
    // A row of none but plain text, and each of the others with it.
    for (std::size_t count = 0; count <= cells.size(); ++count) {
        Table table{headings};
        for (std::size_t i = 0; i < count; ++i) {
            table.add_row(cells[i]);
        }
        const auto rows = [&](const TakeRow& row) {
            for (std::size_t i = 0; i < count; ++i) {
                row({cells[i][0], cells[i][1], cells[i][2]});
            }
        };
        std::string text;
        write_table("Title\n", headings, rows, [&](std::string_view piece) { text += piece; });
        CHECK(text == (count == 0 ? "" : "Title\n" + table.to_string()));
    }
    std::setlocale(LC_CTYPE, "C");
}

TEST_CASE("a long table is written in pieces") {
    const auto rows = [](const TakeRow& row) {
        for (int i = 0; i < 100'000; ++i) {
            row({std::to_string(i), "a number"});
        }
    };
    std::size_t size = 0;
    std::size_t largest = 0;
    write_table("", {"N", "WHAT"}, rows, [&](std::string_view piece) {
        size += piece.size();
        largest = std::max(largest, piece.size());
    });
    CHECK(size == std::string_view{"N     WHAT\n"}.size() +
                      100'000 * std::string_view{"12345 a number\n"}.size());
    CHECK(largest < 2 * piece_size);
}

} // namespace netlab
