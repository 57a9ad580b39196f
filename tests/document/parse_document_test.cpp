#include "document/parse_document.h"
#include "support/catch.h"

#include <string>

namespace netlab {

namespace {

struct Parsed {
    Document document;
    std::vector<std::string> errors;
};

Parsed parse(const std::string& text, Syntax syntax) {
    Diagnostics diagnostics;
    Parsed parsed{parse_document(Source{"x", text}, syntax, diagnostics), {}};
    for (const auto& diagnostic : diagnostics.all()) {
        parsed.errors.push_back(diagnostic.message);
    }
    return parsed;
}

bool is_json(const std::string& text) {
    return parse(text, Syntax::json).errors.empty();
}
bool is_yaml(const std::string& text) {
    return parse(text, Syntax::yaml).errors.empty();
}

Value first_of(const std::string& text, Syntax syntax) {
    const auto parsed = parse(text, syntax);
    REQUIRE(parsed.errors.empty());
    return parsed.document.root->as_list()->front();
}

Value json(const std::string& text) {
    return first_of("[" + text + "]", Syntax::json);
}
Value yaml(const std::string& text) {
    return first_of("- " + text + "\n", Syntax::yaml);
}

} // namespace

TEST_CASE("JSON values are what they look like") {
    CHECK(json("null").is_null());
    CHECK(*json("true").as_bool());
    CHECK(json("-12").as_number()->integer == -12);
    CHECK(json("1.5e3").as_number()->value == 1500.0);
    CHECK_FALSE(json("1.5").as_number()->integer);
    CHECK_FALSE(json("123456789012345678901234567890").as_number()->integer);
    CHECK(json("1e-999").as_number()->value == 0.0);
    CHECK(*json(R"("a\"\\\/\b\f\n\r\t")").as_string() == "a\"\\/\b\f\n\r\t");
    CHECK(*json(R"("\u00e9\u20ac\ud83d\ude00")").as_string() == "é€😀");
    CHECK(json("[1, [2], {}]").as_list()->size() == 3);
}

TEST_CASE("what is not RFC 8259 is not JSON") {
    for (const std::string text : {"",
                                   " ",
                                   "{",
                                   "[1,2",
                                   "[1,]",
                                   "{\"a\":1,}",
                                   "[,]",
                                   "[1 2]",
                                   "{\"a\" 1}",
                                   "{\"a\":}",
                                   "{\"a\"}",
                                   "{a:1}",
                                   "{'a':1}",
                                   "['a']",
                                   "[01]",
                                   "[+1]",
                                   "[.5]",
                                   "[1.]",
                                   "[1e]",
                                   "[0x10]",
                                   "[NaN]",
                                   "[Infinity]",
                                   "[-]",
                                   "[tru]",
                                   "[True]",
                                   "// x\n{}",
                                   "{} // x",
                                   "/* x */{}",
                                   "# x\n{}",
                                   "{}{}",
                                   "{} x",
                                   "[\"\\x41\"]",
                                   "[\"\\u12\"]",
                                   "[\"\\ud800\"]",
                                   "[\"\\udc00\"]",
                                   "[\"\\ud800\\u0041\"]",
                                   "[\"a\nb\"]",
                                   "[\"a\tb\"]",
                                   "[\"a",
                                   "[\"a\\",
                                   "[\"\\u0000\"]",
                                   "[1}",
                                   "{\"a\":1]",
                                   "]",
                                   ":",
                                   ",",
                                   "\"\\",
                                   "[\"\xff\"]",
                                   "[\"\xed\xa0\x80\"]",
                                   "&a {}",
                                   "*a",
                                   "!!map {}",
                                   "--- {}",
                                   "{\"a\":1,\"a\":2}",
                                   "[\f1]",
                                   "\xef\xbb\xbf"}) {
        INFO(text);
        CHECK_FALSE(is_json(text));
    }
    CHECK_FALSE(is_json(std::string{"[\0]", 3}));
    CHECK(is_json("\xef\xbb\xbf{}"));
    CHECK(is_json(" \r\n\t[ 1 , { \"a\" : [ ] } ] \n"));
    CHECK(is_json("\"alone\""));
    CHECK(is_json("[1e999, -1e999]")); // infinity, which no key takes
}

TEST_CASE("spans are byte ranges, of keys too, quotes included") {
    const std::string text = "{ \"é\": [10, \"x\"], \"b\": {} }";
    const auto parsed = parse(text, Syntax::json);
    const auto& members = parsed.document.root->as_map()->members;
    const auto under = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
    CHECK(under(parsed.document.root->span) == text);
    CHECK(under(members[0].key_span) == "\"é\"");
    CHECK(under(members[0].value.span) == "[10, \"x\"]");
    CHECK(under(members[0].value.as_list()->at(1).span) == "\"x\"");
    CHECK(under(members[1].value.span) == "{}");
}

TEST_CASE("YAML has the same spans as JSON") {
    const std::string text = "\xef\xbb\xbf"
                             "é: [10, \"x\"]\nb:\n  - 'q'\n  - plain\n\n# end\nc: {}\n";
    const auto parsed = parse(text, Syntax::yaml);
    REQUIRE(parsed.errors.empty());
    const auto& members = parsed.document.root->as_map()->members;
    const auto under = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
    CHECK(under(members[0].key_span) == "é");
    CHECK(under(members[0].value.span) == "[10, \"x\"]");
    CHECK(under(members[0].value.as_list()->at(1).span) == "\"x\"");
    CHECK(under(members[1].value.span) == "- 'q'\n  - plain");
    CHECK(under(members[1].value.as_list()->at(0).span) == "'q'");
    CHECK(under(members[2].value.span) == "{}");
}

TEST_CASE("YAML scalars are typed by the core schema of 1.2") {
    CHECK(yaml("no").as_string() != nullptr);
    CHECK(yaml("off").as_string() != nullptr);
    CHECK(yaml("12:30:45").as_string() != nullptr);
    CHECK(yaml("2026-01-01").as_string() != nullptr);
    CHECK(yaml("1_000").as_string() != nullptr);
    CHECK(yaml("0b11").as_string() != nullptr);
    CHECK(yaml("'10'").as_string() != nullptr);
    CHECK(yaml("\"true\"").as_string() != nullptr);
    CHECK(*yaml("True").as_bool());
    CHECK_FALSE(*yaml("FALSE").as_bool());
    CHECK(yaml("~").is_null());
    CHECK(yaml("Null").is_null());
    CHECK(yaml("").is_null());
    CHECK(yaml("+12").as_number()->integer == 12);
    CHECK(yaml("010").as_number()->integer == 10);
    CHECK(yaml("0o17").as_number()->integer == 15);
    CHECK(yaml("0xff").as_number()->integer == 255);
    CHECK(yaml("0x").as_string() != nullptr);
    CHECK(yaml(".5").as_number()->value == 0.5);
    CHECK(yaml("1e3").as_number()->value == 1000.0);
    CHECK(yaml("-.inf").as_number()->value < 0);
    CHECK(yaml(".nan").as_number() != nullptr);
    CHECK(yaml("..").as_string() != nullptr);
    CHECK(*yaml("|\n  two\n  lines").as_string() == "two\nlines\n");
}

TEST_CASE("keys of YAML are text as written") {
    const auto parsed = parse("1: a\ntrue: b\n'x y': c\n", Syntax::yaml);
    REQUIRE(parsed.errors.empty());
    const auto& map = *parsed.document.root->as_map();
    CHECK(map.find("1") != nullptr);
    CHECK(map.find("true") != nullptr);
    CHECK(map.find("x y") != nullptr);
    CHECK(map.find("z") == nullptr);
}

TEST_CASE("aliases are copies of what they name") {
    const auto parsed =
        parse("a: &x { k: [1, 2] }\nb: *x\nc: &y text\nd: [*y, *x]\n", Syntax::yaml);
    REQUIRE(parsed.errors.empty());
    const auto& map = *parsed.document.root->as_map();
    CHECK(map.find("b")->value.as_map()->find("k")->value.as_list()->size() == 2);
    CHECK(*map.find("d")->value.as_list()->at(0).as_string() == "text");
}

TEST_CASE("what a lab file may not hold is refused in YAML") {
    for (const std::string text : {"",
                                   "# only a comment\n",
                                   "--- a\n--- b\n",
                                   "a: *nope\n",
                                   "a: &a [*a]\n",
                                   "a: !!str 5\n",
                                   "a: !x 5\n",
                                   "? [a]\n: b\n",
                                   "a: 1\na: 2\n",
                                   "a:\n\t- b\n",
                                   "a: [1, 2\n",
                                   "a: {b: 1\n",
                                   "a: \"b\n",
                                   "a: 'b\n",
                                   "a: b: c\n",
                                   "a: @x\n",
                                   "a: `x\n",
                                   "a: 1\n b: 2\n",
                                   "a: \"\\0\"\n",
                                   "a: \"\\q\"\n",
                                   "a: \xff\n",
                                   "%YAML 3.0\n---\na\n",
                                   "]\n",
                                   "a: ]\n"}) {
        INFO(text);
        CHECK_FALSE(is_yaml(text));
    }
}

TEST_CASE("nesting is counted, not followed to the end of the stack") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(is_json(nested(deepest_nesting)));
    CHECK(is_yaml(nested(deepest_nesting)));
    CHECK_FALSE(is_json(nested(deepest_nesting + 1)));
    CHECK_FALSE(is_yaml(nested(deepest_nesting + 1)));
    CHECK_FALSE(is_json(std::string(1'000'000, '[')));
    CHECK_FALSE(is_yaml(std::string(1'000'000, '[')));
    CHECK_FALSE(is_yaml(std::string(100'000, '{')));
    std::string blocks;
    for (int i = 0; i < 2000; ++i) {
        blocks += "- ";
    }
    CHECK_FALSE(is_yaml(blocks));
}

TEST_CASE("aliases cannot make a small file large") {
    std::string text = "a0: &a0 [xxxxxxxxxxxxxxxx]\n";
    for (int i = 1; i < 30; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " +
                before + "]\n";
    }
    CHECK_FALSE(is_yaml(text));
}

TEST_CASE("YAML that never comes to a point is not read to its end") {
    CHECK_FALSE(is_yaml(std::string(30'000'000, '[')));
    CHECK_FALSE(is_yaml("a: \"" + std::string(30'000'000, 'x')));
    std::string list = "a:\n";
    for (int i = 0; i < 200'000; ++i) {
        list += "  - [h1, h2]\n";
    }
    CHECK(is_yaml(list));
}

TEST_CASE("every duplicate key is shown with the first") {
    Diagnostics diagnostics;
    const Source source{"x", "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}, \"a\": 2, \"a\": 3}"};
    const auto document = parse_document(source, Syntax::json, diagnostics);
    CHECK(diagnostics.error_count() == 3);
    for (const auto& diagnostic : diagnostics.all()) {
        CHECK(diagnostic.notes.size() == 1);
    }
    REQUIRE(document.root);
    CHECK(document.root->as_map()->members.size() == 2);
    CHECK(document.root->as_map()->find("a")->value.as_number()->integer == 1);
}

TEST_CASE("the syntax is chosen by the end of the name") {
    CHECK(syntax_of("lab.yaml") == Syntax::yaml);
    CHECK(syntax_of("lab.yml") == Syntax::yaml);
    CHECK(syntax_of("lab.json") == Syntax::json);
    CHECK(syntax_of("lab") == Syntax::json);
}

} // namespace netlab
