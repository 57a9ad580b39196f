#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>
#include <list>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace netlab::test {

namespace {

// h1:eth0 --- eth0:h2
constexpr const char* clocks = R"({ "nodes": {
    "h1": { "run": ["while :; do date +%s%N >/tmp/now; sleep 0.02; done"] }, "h2": {} },
    "links": [["h1", "h2"]] })";

/// The states of the node's processes that run PROGRAM, as proc_pid_stat(5) has them.
std::string states_of(const LabUnderTest& lab, const std::string& node,
                      const std::string& program) {
    return lab.says(node, "cat /proc/[0-9]*/stat | sed -n 's/.*(" + program +
                              ") \\(.\\).*/\\1/p' | sort -u | tr -d '\\n'");
}

} // namespace

TEST_CASE("a node without limits is paused, its services stand still, and it goes on") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, clocks};
    REQUIRE(lab.netlab("pause", {"h1"}).code == 0);
    CHECK(lab.netlab("inspect").out.find("host (paused)") != std::string::npos);
    const auto exec = lab.exec("h1", {"true"});
    CHECK(exec.code == 1);
    CHECK(exec.err.find("netlab resume h1") != std::string::npos);
    CHECK(lab.netlab("stop", {"h1"}).code == 2);
    CHECK(lab.sh("h2", "ping -c1 -W9 h1").code == 0); // the kernel goes on
    const auto faults = nlohmann::json::parse(lab.netlab("faults", {"--json"}).out);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0]["id"] == "pause:h1");
    CHECK(faults[0]["nodes"] == nlohmann::json{"h1"});
    REQUIRE(lab.netlab("resume", {"h1"}).code == 0);
    const auto then = lab.says("h1", "cat /tmp/now");
    CHECK(eventually([&] { return lab.sh("h1", "cat /tmp/now").out != then + "\n"; }));
    CHECK(lab.netlab("faults", {"--names"}).out.empty());
    REQUIRE(lab.netlab("pause", {"h1"}).code == 0); // down lets it go on, or its service would wait
}

TEST_CASE("what stood still before a pause stands after it, and heal ends a pause") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, clocks};
    const auto begin = [&](const std::string& script) {
        lab.sh("h2", "setsid sh -c '" + script + "' >/dev/null 2>&1 </dev/null &");
    };
    begin("exec tail -f /dev/null");
    // Some that come and go, in a namespace of their own, too.
    begin("while :; do sleep 0.01; done");
    begin("exec unshare -p --fork sleep 1000");
    CHECK(eventually([&] { return lab.sh("h2", "pkill -STOP tail").code == 0; }));
    CHECK(eventually([&] { return states_of(lab, "h2", "tail") == "T"; }));
    REQUIRE(lab.netlab("pause", {"h2"}).code == 0);
    CHECK(lab.netlab("pause", {"all"}).code == 0);
    CHECK(lab.netlab("heal", {"pause:h2"}).out == "pause:h2 is healed\n");
    CHECK(states_of(lab, "h2", "tail") == "T");
    CHECK(states_of(lab, "h2", "unshare") == "S");
    CHECK(lab.netlab("faults", {"--names"}).out == "pause:h1\n");
    CHECK(lab.netlab("heal", {"--all"}).code == 0);
    CHECK(lab.netlab("pause", {"h9"}).code == 2);
    lab.sh("h2", "kill -KILL -1"); // SIGTERM would not end all of them
}

TEST_CASE("no command begins in a node while its PID 1 stands still") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, clocks};
    const auto init = lab.init_of("h2");
    REQUIRE(::kill(init, SIGSTOP) == 0);
    CHECK(eventually([&] {
        const auto ended = lab.exec("h2", {"true"});
        return ended.code == 1 && ended.err.find("the node is paused") != std::string::npos;
    }));
    REQUIRE(::kill(init, SIGCONT) == 0);
    CHECK(eventually([&] { return lab.exec("h2", {"true"}).code == 0; }));
}

TEST_CASE("what is sent into a node while it is paused does nothing until the node goes on") {
    const Workshop workshop;
    const auto file = workshop.write("shared/f", "");
    const auto go = workshop.write("go", "");
    const LabUnderTest lab{workshop, R"({ "nodes": { "h": { "binds": ["shared:/shared"] } } })"};
    const auto netlab =
        Workshop::words({"exec", "-l", lab.name(), "h", "--", "sh", "-c", "echo x >>/shared/f"});
    std::vector<std::string> words{"sh", "-c",
                                   "while test -e go; do \"$@\" 2>/dev/null; done; true", "sh"};
    words.insert(words.end(), netlab.begin(), netlab.end());
    std::list<Program> storm;
    for (int i = 0; i < 3; ++i) {
        storm.emplace_back(words, workshop.setting());
    }
    for (int i = 0; i < 5; ++i) {
        const auto before = std::filesystem::file_size(file);
        REQUIRE(eventually([&] { return std::filesystem::file_size(file) > before; }));
        REQUIRE(lab.netlab("pause", {"h"}).code == 0);
        const auto paused = std::filesystem::file_size(file);
        ::usleep(20'000);
        CHECK(std::filesystem::file_size(file) == paused);
        REQUIRE(lab.netlab("resume", {"h"}).code == 0);
    }
    std::filesystem::remove(go);
    for (auto& one : storm) {
        CHECK(one.finish().code == 0); // and none is left standing
    }
}

} // namespace netlab::test
