#include "base/diagnostic.h"
#include "support/catch.h"

#include <string>

namespace netlab {

namespace {

/// The one error over `marked`, which stands once in the text.
std::string shown(const std::string& text, const std::string& marked) {
    const Source source{"lab.json", text};
    const auto begin = static_cast<std::uint32_t>(text.find(marked));
    Diagnostics diagnostics;
    diagnostics.error({begin, begin + static_cast<std::uint32_t>(marked.size())}, "wrong");
    return render(diagnostics, source);
}

} // namespace

TEST_CASE("lines and columns are counted from 1, columns in characters") {
    const Source source{"x", "ab\nä€c\r\n\nlast"};
    CHECK(source.position(0).line == 1);
    CHECK(source.position(1).column == 2);
    CHECK(source.position(3).line == 2);
    CHECK(source.position(5).column == 2);
    CHECK(source.position(8).column == 3);
    CHECK(source.position(11).line == 3);
    CHECK(source.position(1000).line == 4);
    CHECK(source.position(1000).column == 5);
    CHECK(source.line(1) == "ab");
    CHECK(source.line(2) == "ä€c");
    CHECK(source.line(3).empty());
    CHECK(source.line(4) == "last");
    CHECK(source.line(9).empty());
}

TEST_CASE("columns far into a long line are right") {
    std::string text;
    for (int i = 0; i < 10'000; ++i) {
        text += "ä";
    }
    CHECK(Source{"x", text}.position(2 * 9'000).column == 9'001);
}

TEST_CASE("an error shows its place, its line and a caret under it") {
    CHECK(shown("{\n  \"kidn\": 1\n}", "\"kidn\"") == "lab.json:2:3: error: wrong\n"
                                                      "  2 |   \"kidn\": 1\n"
                                                      "    |   ^~~~~~\n");
}

TEST_CASE("carets stand right behind tabs, wide characters and escaped bytes") {
    CHECK(shown("\tx: here", "here") ==
          "lab.json:1:5: error: wrong\n  1 |     x: here\n    |        ^~~~\n");
    CHECK(shown("日本 here", "here") ==
          "lab.json:1:4: error: wrong\n  1 | 日本 here\n    |      ^~~~\n");
    CHECK(shown("e\xcc\x81 here", "here") ==
          "lab.json:1:4: error: wrong\n  1 | e\xcc\x81 here\n    |   ^~~~\n");
    CHECK(shown("\x1b[2Jhere", "here") ==
          "lab.json:1:5: error: wrong\n  1 | \\x1b[2Jhere\n    |        ^~~~\n");
    CHECK(shown("\xff"
                "here",
                "here") == "lab.json:1:2: error: wrong\n  1 | \\xffhere\n    |     ^~~~\n");
}

TEST_CASE("a long line is cut round the caret") {
    const auto text = shown(std::string(5000, 'a') + "here" + std::string(5000, 'b'), "here");
    CHECK(text.find("lab.json:1:5001:") == 0);
    CHECK(text.find("…aaaa") != std::string::npos);
    CHECK(text.find("bbb…") != std::string::npos);
    CHECK(text.size() < 400);
    const auto line = text.find("  1 | ");
    const auto caret = text.find('^');
    // "…" is three bytes for one column.
    CHECK(text.find("here") - line - 2 == caret - text.find("    | "));
}

TEST_CASE("a span over several lines is marked to the end of its first") {
    CHECK(shown("{ \"a\":\n  1 }", "{ \"a\":\n  1 }") ==
          "lab.json:1:1: error: wrong\n  1 | { \"a\":\n    | ^~~~~~\n");
}

TEST_CASE("diagnostics come in the order of the file, with hints and notes") {
    const Source source{"lab.json", "one\ntwo\n"};
    Diagnostics diagnostics;
    diagnostics.error({4, 7}, "second", "do this").notes.push_back({{0, 3}, "because of this"});
    diagnostics.warning({0, 3}, "first");
    CHECK(diagnostics.error_count() == 1);
    CHECK(render(diagnostics, source) == "lab.json:1:1: warning: first\n"
                                         "  1 | one\n"
                                         "    | ^~~\n"
                                         "lab.json:2:1: error: second\n"
                                         "  2 | two\n"
                                         "    | ^~~\n"
                                         "  hint: do this\n"
                                         "lab.json:1:1: note: because of this\n"
                                         "  1 | one\n"
                                         "    | ^~~\n");
}

TEST_CASE("a mistake without a place has only its words") {
    Diagnostics diagnostics;
    diagnostics.error({}, "wrong", "do this");
    CHECK(render(diagnostics, Source{"", ""}) == "error: wrong\n  hint: do this\n");
    CHECK(render(diagnostics, Source{"lab.json", "{}"}) ==
          "lab.json: error: wrong\n  hint: do this\n");
}

TEST_CASE("errors are thrown together, warnings are not thrown") {
    Diagnostics diagnostics;
    diagnostics.warning({}, "careful");
    CHECK_NOTHROW(diagnostics.throw_if_errors());
    diagnostics.error({}, "one");
    diagnostics.error({}, "two");
    try {
        diagnostics.throw_if_errors();
        FAIL("nothing was thrown");
    } catch (const InputError& error) {
        CHECK(std::string{error.what()} == "one\ntwo");
        CHECK(error.diagnostics().all().size() == 3);
    }
}

TEST_CASE("behind the first thousand mistakes are only counted") {
    Diagnostics diagnostics;
    for (int i = 0; i < 5000; ++i) {
        diagnostics.error({}, "wrong").notes.push_back({{}, "note"});
    }
    CHECK(diagnostics.error_count() == 5000);
    CHECK(diagnostics.all().size() == Diagnostics::kept);
    CHECK(render(diagnostics, Source{"", ""}).find("and 4000 more") != std::string::npos);
}

TEST_CASE("colour is there only when asked for") {
    Diagnostics diagnostics;
    diagnostics.error({0, 1}, "wrong");
    const Source source{"lab.json", "x"};
    CHECK(render(diagnostics, source).find('\x1b') == std::string::npos);
    CHECK(render(diagnostics, source, true).find("\x1b[1;31merror:\x1b[0m") != std::string::npos);
}

TEST_CASE("the same mistake at the same place is shown once") {
    Diagnostics diagnostics;
    diagnostics.error({1, 2}, "wrong").notes.push_back({{3, 4}, "because"});
    diagnostics.error({1, 2}, "wrong").notes.push_back({{3, 4}, "because"});
    diagnostics.error({1, 2}, "wrong in another way");
    diagnostics.error({1, 3}, "wrong");
    CHECK(diagnostics.error_count() == 3);
    REQUIRE(diagnostics.all().size() == 3);
    CHECK(diagnostics.all()[0].notes.size() == 1);
    diagnostics.error({}, "nowhere");
    diagnostics.error({}, "nowhere");
    CHECK(diagnostics.error_count() == 5);
}

TEST_CASE("behind the last error of a place no other follows there") {
    Diagnostics diagnostics;
    diagnostics.last_error({1, 2}, "not a name at all");
    diagnostics.error({1, 2}, "there is no such node");
    diagnostics.error({1, 5}, "another place");
    CHECK(diagnostics.error_count() == 2);
}

TEST_CASE("a byte order mark is in no line") {
    const Source source{"x", "\xef\xbb\xbf"
                             "ab\nc"};
    CHECK(source.position(0).column == 1);
    CHECK(source.position(3).column == 1);
    CHECK(source.position(4).column == 2);
    CHECK(source.position(6).line == 2);
    CHECK(source.line(1) == "ab");
    CHECK(source.line_start(1) == 3);
}

} // namespace netlab
