#include "support/catch.h"
#include "support/lab_under_test.h"

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": { "labels": ["edge"] } },
    "links": [["h1", "h2"]] })";

void refused(const Workshop& workshop, const std::vector<std::string>& words,
             const std::string& said) {
    const auto ended = workshop.netlab(words);
    INFO(words.front() << " …\n" << ended.out << ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.starts_with("error: "));
    CHECK(ended.err.find(said) != std::string::npos);
}

} // namespace

TEST_CASE("a misspelled command gets the nearest one for an answer") {
    const Workshop workshop;
    refused(workshop, {"exce", "h1", "true"}, "did you mean 'exec'?");
    refused(workshop, {"dwon"}, "did you mean 'down'?");
    refused(workshop, {"frobnicate"}, "netlab --help lists the commands");
    refused(workshop, {"\x1b[31mred"}, "netlab has no command");
}

TEST_CASE("an option or argument that a command does not have is a mistake that names its help") {
    const Workshop workshop;
    refused(workshop, {"up"}, "netlab up --help");
    refused(workshop, {"up", "--dryrun", "x.json"}, "--dryrun");
    refused(workshop, {"check"}, "netlab check --help");
    refused(workshop, {"ls", "--jsno"}, "--jsno");
    refused(workshop, {"inspect", "--lab"}, "--lab");
    refused(workshop, {"exec", "--jsno", "h1", "true"}, "did you mean '--json'?");
    refused(workshop, {"exec"}, "exec needs a node");
    refused(workshop, {"exec", "h1"}, "netlab exec h1 sh");
    refused(workshop, {"exec", "h1", "--"}, "exec needs a command");
    refused(workshop, {"exec", "-l"}, "-l needs the name of a lab");
    refused(workshop, {"down", "a", "--all"}, "not both");
    refused(workshop, {"--bogus"}, "--bogus");
}

TEST_CASE(
    "an option that stands before its command, or beside another that excludes it, is told so") {
    const Workshop workshop;
    refused(workshop, {"-l", "x", "exec", "a", "true"}, "'-l' stands behind the command");
    refused(workshop, {"--lab=x", "ls"}, "'--lab=x' stands behind the command");
    refused(workshop, {"ls", "--json", "--names"}, "excludes");
    refused(workshop, {"ls", "--nodes", "--json"}, "excludes");
    refused(workshop, {"exec", "-v", "h1", "true"}, "exec has no option '-v'");
}

TEST_CASE("without a lab the commands that need one say how to start one") {
    const Workshop workshop;
    refused(workshop, {"exec", "h1", "true"}, "netlab up FILE");
    refused(workshop, {"inspect"}, "no lab is running");
    refused(workshop, {"down"}, "no lab is running");
    refused(workshop, {"down", "-l", "../../etc"}, "no lab called");
    refused(workshop, {"down", ""}, "the name of the lab is empty");
    CHECK(workshop.netlab({"down", "--all"}).code == 0);
    CHECK(workshop.netlab({"ls"}).code == 0);
    CHECK(workshop.netlab({"ls"}).err == "no lab is running\n");
    CHECK(workshop.netlab({"ls", "--json"}).out == "[]\n");
}

TEST_CASE("a node, label or lab that is not there gets the nearest one for an answer") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    refused(workshop, {"exec", "h3", "true"}, "has no node 'h3'");
    refused(workshop, {"exec", "hh1", "true"}, "did you mean 'h1'");
    refused(workshop, {"exec", "h[1-3]", "true"}, "has no node 'h3'");
    refused(workshop, {"exec", "@egde", "true"}, "did you mean 'edge'");
    refused(workshop, {"exec", "h[1-", "true"}, "'h[1-'");
    refused(workshop, {"inspect", "h9"}, "has no node 'h9'");
    refused(workshop, {"exec", "-l", lab.name() + "x", "h1", "true"},
            "did you mean '" + lab.name() + "'");
}

TEST_CASE("a lab's name that is given and empty is a mistake, and no other lab is meant by it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto file = workshop.write("a.json", pair);
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"down", ""},
                                               {"down", "-l", ""},
                                               {"up", "-l", "", file},
                                               {"inspect", "-l", ""},
                                               {"ls", "--nodes", "-l", ""},
                                               {"exec", "-l", "", "h1", "true"},
                                               {"exec", "--lab=", "h1", "true"}}) {
        INFO(words.front() << " " << words[1]);
        refused(workshop, words, "the name of the lab is empty");
    }
    refused(workshop, {"exec", "", "true"}, "''");
    refused(workshop, {"inspect", ""}, "''");
    CHECK(lab.exec("h1", {"true"}).code == 0);
}

TEST_CASE("ls -l without --nodes is refused rather than ignored") {
    const Workshop workshop;
    refused(workshop, {"ls", "-l", "x"}, "--nodes");
}

TEST_CASE("check shows every file's mistakes, also beside a file that cannot be read") {
    const Workshop workshop;
    workshop.write("good.json", pair);
    workshop.write("bad.json", R"({ "nodes": 1 })");
    const auto check = workshop.netlab({"check", "good.json", "nothing.json", "/etc", "bad.json"});
    CHECK(check.code == 2);
    CHECK(check.out.find("good.json: good") != std::string::npos);
    CHECK(check.err.find("nothing.json: error: cannot read the topology 'nothing.json': ") !=
          std::string::npos);
    CHECK(check.err.find("/etc: error: cannot read the topology '/etc': it is a directory") !=
          std::string::npos);
    CHECK(check.err.find("bad.json:1:12: error: ") != std::string::npos);
}

TEST_CASE("neither a file's name nor what is in it reaches the terminal as it is") {
    const Workshop workshop;
    const auto good =
        workshop.write("a\x1b[31mb.json", R"({ "name": "x", "nodes": { "h1": {} } })");
    const auto bad =
        workshop.write("c\x1b[31md.json", R"({ "nodes": { "h1": { "\u001b[31m": 1 } } })");
    const auto check = workshop.netlab({"check", good, bad});
    CHECK(check.code == 2);
    CHECK(check.out.find("a\\x1b[31mb.json: good") != std::string::npos);
    CHECK(check.err.find("c\\x1b[31md.json: 1 error") != std::string::npos);
    CHECK((check.out + check.err).find('\x1b') == std::string::npos);
    const LabUnderTest lab{workshop,
                           R"({ "description": "\u001b[31mred", "nodes": { "h1": {} } })"};
    const auto inspect = workshop.netlab({"inspect"});
    CHECK(inspect.out.find("\\x1b[31mred") != std::string::npos);
    CHECK((inspect.out + workshop.netlab({"ls"}).out).find('\x1b') == std::string::npos);
}

TEST_CASE("check finds what only the plan shows beside other mistakes of a file") {
    const Workshop workshop;
    workshop.write("bad.json", R"({ "nodes": { "a": { "bogus": 1 }, "b": {} }, "links": [
        { "endpoints": ["a", "b"], "ipv4": "10.0.0.0/24" },
        { "endpoints": ["a", "b"], "ipv4": "10.0.0.0/25" }] })");
    CHECK(workshop.netlab({"check", "bad.json"}).err.find("bad.json: 2 errors") !=
          std::string::npos);
}

TEST_CASE("a topology that cannot be read is a mistake that names the file") {
    const Workshop workshop;
    refused(workshop, {"up", "nothing.json"}, "nothing.json");
    refused(workshop, {"up", "/etc"}, "/etc");
    refused(workshop, {"up", "-l", "Bad Name", workshop.write("a.json", pair)},
            "cannot be the name of a lab");
}

TEST_CASE("check and up show all mistakes of a file at once, with place, line and caret") {
    const Workshop workshop;
    const auto file =
        workshop.write("bad.json", "{ \"nodes\": { \"h1\": { \"kidn\": \"host\" } },\n"
                                   "  \"links\": [[\"h1\", \"h2\"]] }\n");
    for (const std::string command : {"up", "check"}) {
        const auto ended = workshop.netlab({command, "bad.json"});
        CHECK(ended.code == 2);
        CHECK(ended.err.find("bad.json:1:22: error: ") != std::string::npos);
        CHECK(ended.err.find("did you mean 'kind'") != std::string::npos);
        CHECK(ended.err.find("bad.json:2:20: error: ") != std::string::npos);
        CHECK(ended.err.find("^~~~") != std::string::npos);
        CHECK(ended.err.find('\x1b') == std::string::npos); // no terminal, no colour
    }
    CHECK(workshop.netlab({"ls", "--names"}).out == "");
}

} // namespace netlab::test
