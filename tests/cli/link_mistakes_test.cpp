#include "base/impairment.h"
#include "support/catch.h"
#include "support/lab_under_test.h"

namespace netlab::test {

namespace {

void refused(const Workshop& workshop, std::vector<std::string> words,
             const std::vector<std::string>& said) {
    words.insert(words.begin(), "link");
    const auto ended = workshop.netlab(words);
    INFO(words.at(1) << " …\n" << ended.out << ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.starts_with("error: "));
    for (const auto& text : said) {
        INFO(text);
        CHECK(ended.err.find(text) != std::string::npos);
    }
}

} // namespace

TEST_CASE("a misspelled command of link gets the nearest one for an answer") {
    const Workshop workshop;
    refused(workshop, {"st", "a-b"}, {"netlab link has no command 'st'", "did you mean 'set'?"});
    refused(workshop, {"mesure", "a-b"}, {"did you mean 'measure'?"});
    refused(workshop, {"frobnicate"}, {"netlab link --help lists the commands"});
    const auto alone = workshop.netlab({"link"});
    CHECK(alone.code == 2);
    CHECK(alone.err.find("ls, set, reset, clear, down, up or measure") != std::string::npos);
    CHECK(workshop.netlab({"lnk", "ls"}).err.find("did you mean 'link'?") != std::string::npos);
}

TEST_CASE("a misspelled option of a link command gets the nearest one for an answer") {
    const Workshop workshop;
    refused(workshop, {"set", "a-b", "--dleay", "10ms"}, {"--dleay", "did you mean '--delay'?"});
    refused(workshop, {"set", "a-b", "--lost=1%"}, {"did you mean '--loss'?"});
    refused(workshop, {"ls", "--jsno"}, {"did you mean '--json'?"});
    refused(workshop, {"measure", "a-b", "--tiem", "1s"}, {"did you mean '--time'?"});
    refused(workshop, {"clear"}, {"netlab link clear --help"});
    refused(workshop, {"down"}, {"netlab link down --help"});
    refused(workshop, {"set", "--delay", "10ms"}, {"netlab link set --help"});
}

TEST_CASE("link set without a property says how to write one") {
    const Workshop workshop;
    refused(workshop, {"set", "a-b"}, {"needs a property", "netlab link set r1-r2 --delay"});
}

TEST_CASE("each property with a value that it cannot have is a mistake, with a hint") {
    const Workshop workshop;
    for (const auto& key : impairment_keys()) {
        const auto option = "--" + key;
        refused(workshop, {"set", "a-b", option, "nonsense"}, {option, "'nonsense'", "hint: "});
        refused(workshop, {"set", "a-b", option + "=-1"}, {option, "'-1'"});
        refused(workshop, {"set", "a-b", option, "-5"}, {option, "'-5'"});
        refused(workshop, {"set", "a-b", option}, {option});
    }
    refused(workshop, {"set", "a-b", "--delay", "10"}, {"'10'", "hint: ", "10ms"});
    refused(workshop, {"set", "a-b", "--delay", "1h"}, {"'1h'", "hint: "});
    refused(workshop, {"set", "a-b", "--loss", "101%"}, {"'101%'", "hint: "});
    refused(workshop, {"set", "a-b", "--rate", "0mbit"}, {"'0mbit'", "hint: "});
    refused(workshop, {"set", "a-b", "--loss", "p=1%,r=0%"}, {"never comes to an end"});
    for (const std::string value : {"--delay=-5ms", "--jitter=-5ms", "--loss=-1%", "--rate=-1mbit",
                                    "--queue=-5", "--seed=-1"}) {
        refused(workshop, {"set", "a-b", value}, {"cannot be negative, as '-", "hint: "});
    }
    refused(workshop, {"set", "a-b", "--delay", "\x1b[31m"}, {"'\\x1b[31m'"});
}

TEST_CASE("all mistakes in the values of link set are shown at once") {
    const Workshop workshop;
    refused(workshop,
            {"set", "a-b", "--delay", "10", "--jitter", "2ms", "--loss", "2", "--rate", "0"},
            {"--delay must", "--loss must", "--rate must"});
}

TEST_CASE("what only a file can say of a link is no option, and the hint says so") {
    const Workshop workshop;
    refused(workshop, {"set", "a-b", "--trace", "up"}, {"while the lab runs", "topology file"});
    refused(workshop, {"set", "a-b", "--engine", "user"}, {"while the lab runs", "topology file"});
}

TEST_CASE("a time to measure that is none, too short or too long is a mistake") {
    const Workshop workshop;
    for (const std::string time : {"5", "-5s", "0s", "999ms", "11m", "x"}) {
        refused(workshop, {"measure", "a-b", "--time=" + time},
                {"'" + time + "'", "from 1s to 10m"});
    }
}

TEST_CASE("without a lab the commands of link say how to start one") {
    const Workshop workshop;
    refused(workshop, {"ls"}, {"no lab is running", "netlab up FILE"});
    refused(workshop, {"set", "a-b", "--delay", "10ms"}, {"no lab is running"});
    refused(workshop, {"down", "a-b"}, {"no lab is running"});
    refused(workshop, {"measure", "a-b", "-l", "nothing"}, {"no lab called 'nothing'"});
}

} // namespace netlab::test
