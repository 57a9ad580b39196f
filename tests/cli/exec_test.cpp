#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>
#include <set>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// How many sockets a process and its children hold.
int sockets_of(pid_t pid) {
    const auto links = run({"sh", "-c",
                            "for p in $0 $(cat /proc/$0/task/*/children); do ls -l /proc/$p/fd; "
                            "done | grep -c socket:",
                            std::to_string(pid)});
    return std::stoi(links.out);
}

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a command that runs holds no connection to the supervisor, which has few") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const auto* nodes : {"h1", "all"}) {
        lab.says("h1", "rm -f /tmp/ready");
        Program exec{Workshop::words({"exec", "-l", lab.name(), nodes, "--", "sh", "-c",
                                      "echo >/tmp/ready; exec sleep 987"}),
                     workshop.setting()};
        REQUIRE(eventually([&] { return lab.sh("h1", "test -e /tmp/ready").code == 0; }));
        CHECK(sockets_of(exec.pid()) == 0);
        exec.signal(SIGTERM);
        exec.finish();
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("exec ends with the exit code of its command") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const int code : {0, 1, 2, 42, 125, 126, 127, 128, 200, 254, 255}) {
        CHECK(lab.sh("h1", "exit " + std::to_string(code)).code == code);
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("exec ends with 127, 126 or 128 + the signal as a shell does") {
    const Workshop workshop;
    const auto plain = workshop.write("plain", "not a program\n");
    const LabUnderTest lab{workshop, pair};
    const auto missing = lab.exec("h1", {"no-such-program"});
    CHECK(missing.code == 127);
    CHECK(missing.err.find("no-such-program") != std::string::npos);
    CHECK(lab.exec("h1", {"/no/such/path"}).code == 127);
    CHECK(lab.exec("h1", {plain}).code == 126);
    CHECK(lab.exec("h1", {"/etc"}).code == 126);
    CHECK(lab.sh("h1", "kill -TERM $$").code == 128 + SIGTERM);
    CHECK(lab.sh("h1", "kill -KILL $$").code == 128 + SIGKILL);
}

// h1:eth0 --- eth0:h2
TEST_CASE("stdin, stdout and stderr of a command are the caller's") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    auto setting = workshop.setting();
    setting.input = std::string(300000, 'x') + "\nend\n";
    const auto ended = workshop.netlab({"exec", "-l", lab.name(), "h1", "cat"}, setting);
    CHECK(ended.code == 0);
    CHECK(ended.out == setting.input);
    const auto both = lab.sh("h1", "echo out; echo err >&2");
    CHECK(both.out == "out\n");
    CHECK(both.err == "err\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("options behind the node are the command's, with and without --") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto words = [&](const std::vector<std::string>& more) {
        std::vector<std::string> all{"exec", "--lab=" + lab.name()};
        all.insert(all.end(), more.begin(), more.end());
        return workshop.netlab(all).out;
    };
    CHECK(words({"h1", "echo", "--json", "-l", "x", "--help"}) == "--json -l x --help\n");
    CHECK(words({"h1", "--", "echo", "--", "-h"}) == "-- -h\n");
    CHECK(words({"--", "h1", "echo", "a  b", ""}) == "a  b \n");
    CHECK(words({"h1", "printf", "%s|", "", "$HOME", "*"}) == "|$HOME|*|");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a signal to exec reaches the command") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    constexpr const char* script = "trap 'echo got it; exit 7' TERM; echo ready >/tmp/ready; "
                                   "while :; do sleep 0.1; done";
    Program exec{Workshop::words({"exec", "-l", lab.name(), "h1", "--", "sh", "-c", script}),
                 workshop.setting()};
    REQUIRE(eventually([&] { return lab.sh("h1", "test -s /tmp/ready").code == 0; }));
    exec.signal(SIGTERM);
    const auto ended = exec.finish();
    CHECK(ended.code == 7);
    CHECK(ended.out == "got it\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a SIGTERM to exec ends a command that is stopped") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    Program exec{Workshop::words({"exec", "-l", lab.name(), "h1", "--", "sh", "-c",
                                  "echo $$ >/tmp/pid; kill -STOP $$; exec sleep 987"}),
                 workshop.setting()};
    REQUIRE(eventually(
        [&] { return lab.sh("h1", "grep '^State:.T' /proc/$(cat /tmp/pid)/status").code == 0; }));
    exec.signal(SIGTERM);
    CHECK(exec.finish().code == 128 + SIGTERM);
}

// h1:eth0 --- eth0:h2
TEST_CASE("what exec started ends when exec is killed") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    Program exec{Workshop::words({"exec", "-l", lab.name(), "h1", "--", "sleep", "987"}),
                 workshop.setting()};
    const auto sleeping = [&] {
        return lab.says("h1", "grep -lz '^987' /proc/[0-9]*/cmdline 2>/dev/null | wc -l") != "0";
    };
    REQUIRE(eventually(sleeping));
    exec.signal(SIGKILL);
    exec.finish();
    CHECK(eventually([&] { return !sleeping(); }));
}

// h1:eth0 --- eth0:h2
TEST_CASE("a daemon that a command leaves behind lives on in the node") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "setsid sleep 987 >/dev/null 2>&1 </dev/null & echo $! >/tmp/pid");
    // It is a copy of the shell until it has become sleep.
    CHECK(eventually([&] { return lab.says("h1", "cat /proc/$(cat /tmp/pid)/comm") == "sleep"; }));
}

// h1:eth0 --- eth0:h2
TEST_CASE(
    "a list of layers that is not netlab's any more is refused in words, and not read for ever") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "echo nothing >/tmp/list; mount --bind /tmp/list /.netlab/ground/list; "
                   "rm /.netlab/node/layers/mounted");
    const auto changed = lab.exec("h1", {"true"});
    CHECK(changed.code == 1);
    CHECK(changed.err.find("the list of its layers, /.netlab/ground/list, was changed") !=
          std::string::npos);
    lab.says("h2", "mount --bind /dev/zero /.netlab/ground/list; rm /.netlab/node/layers/mounted");
    CHECK(lab.exec("h2", {"true"}).code == 0);
}

// h1:eth0 --- eth0:h2
TEST_CASE("`up` holds none of its output open: x=$(netlab up …) returns") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair}; // its `up` was read until end-of-file
    CHECK(lab.up().out.find("is up: 2 nodes, 1 link") != std::string::npos);
    CHECK(lab.up().err.empty());
}

} // namespace netlab::test
