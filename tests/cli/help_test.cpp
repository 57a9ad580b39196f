#include "support/catch.h"
#include "support/golden.h"
#include "support/lab_under_test.h"

namespace netlab::test {

TEST_CASE("the help of netlab and of each command is as in tests/golden/help") {
    const Workshop workshop;
    const auto whole = workshop.netlab({"--help"});
    CHECK(whole.code == 0);
    CHECK(whole.err.empty());
    CHECK(golden_difference("help/netlab.txt", whole.out) == "");
    for (const std::string command :
         {"up",    "run",     "test",   "exec", "inspect",   "ps",   "logs",   "stop",
          "start", "restart", "pause",  "kill", "resume",    "top",  "link",   "ls",
          "check", "down",    "doctor", "ping", "partition", "heal", "faults", "clock"}) {
        const auto help = workshop.netlab({command, "--help"});
        INFO(command);
        CHECK(help.code == 0);
        CHECK(golden_difference("help/" + command + ".txt", help.out) == "");
        CHECK(workshop.netlab({command, "-h"}).out == help.out);
    }
}

TEST_CASE("the help of each command of link is as in tests/golden/help") {
    const Workshop workshop;
    for (const std::string command : {"ls", "set", "reset", "clear", "down", "up", "measure"}) {
        const auto help = workshop.netlab({"link", command, "--help"});
        INFO(command);
        CHECK(help.code == 0);
        CHECK(help.err.empty());
        CHECK(golden_difference("help/link-" + command + ".txt", help.out) == "");
        CHECK(workshop.netlab({"help", "link", command}).out == help.out);
    }
}

TEST_CASE("netlab alone and netlab help print the help") {
    const Workshop workshop;
    const auto help = workshop.netlab({"--help"}).out;
    CHECK(workshop.netlab({}).out == help);
    CHECK(workshop.netlab({}).code == 0);
    CHECK(workshop.netlab({"help"}).out == help);
    CHECK(workshop.netlab({"help", "down"}).out == workshop.netlab({"down", "--help"}).out);
    CHECK(workshop.netlab({"help", "dwon"}).code == 2);
    CHECK(workshop.netlab({"help", "link", "st"}).code == 2);
}

TEST_CASE("the option --version prints the name and the version") {
    const Workshop workshop;
    const auto version = workshop.netlab({"--version"});
    CHECK(version.code == 0);
    CHECK(version.out.starts_with("netlab "));
}

} // namespace netlab::test
