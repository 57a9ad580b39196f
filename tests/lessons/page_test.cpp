#include "lessons/expectation.h"
#include "lessons/page.h"
#include "support/catch.h"

using namespace netlab;

TEST_CASE("only console blocks are commands, with what is printed below each") {
    const auto steps = read_steps("Type:\n"
                                  "```sh\n$ no\n```\n"
                                  "```console\n$ netlab exec h1 bash\nh1# echo a\na\n$ ls\n```\n"
                                  "$ no\n");
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].command == "netlab exec h1 bash");
    CHECK(steps[1].node == "h1");
    CHECK(steps[1].expected == std::vector<std::string>{"a"});
    CHECK(steps[2].node.empty());
    CHECK(steps[2].line == 9);
}

TEST_CASE("what each step printed is found by its mark, also without a newline at the end") {
    const auto outputs = split_output("\n\x1e"
                                      "0\na\nb\n\x1e"
                                      "1\n",
                                      2);
    REQUIRE(outputs.size() == 2);
    CHECK(outputs[0] == std::vector<std::string>{"a", "b"});
    CHECK(outputs[1].empty());
}

TEST_CASE("a name on a page stands for one text, and two names for two") {
    Names names;
    CHECK(matches({"uts:[<host>]"}, {"uts:[17]"}, names));
    CHECK_FALSE(matches({"uts:[<h1>]"}, {"uts:[17]"}, names));
    CHECK(matches({"uts:[<h1>]"}, {"uts:[18]"}, names));
    CHECK_FALSE(matches({"uts:[<host>]"}, {"uts:[18]"}, names));
    CHECK(matches({"<a> <a>"}, {"x x"}, names));
    CHECK_FALSE(matches({"<b> <b>"}, {"y z"}, names));
}

TEST_CASE("three dots stand for any text in a line or for any lines") {
    Names names;
    CHECK(matches({"a <...> c"}, {"a b b c"}, names));
    CHECK(matches({"...", "end"}, {"one", "two", "end"}, names));
    CHECK(matches({"..."}, {}, names));
    CHECK_FALSE(matches({"...", "end"}, {"one", "two"}, names));
}

TEST_CASE("blanks count as one, everything else as it is") {
    Names names;
    CHECK(matches({"a b", "", "<UP> [1.5]"}, {"  a    b", "<UP> [1.5]  "}, names));
    CHECK_FALSE(matches({"1.5"}, {"1x5"}, names));
    CHECK_FALSE(matches({"a"}, {"a", "b"}, names));
    CHECK_FALSE(matches({"a", "b"}, {"a"}, names));
}
