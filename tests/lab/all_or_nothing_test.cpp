#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";
/// A lab whose start takes as long as a test wants.
constexpr const char* slow = R"({ "nodes": { "h[1-20]": { "exec": ["sleep 100"] } },
    "links": [{ "endpoints": ["h1", "h2", "h3"] }] })";

/// An `up` that is under way.
class Start {
public:
    Start(const Workshop& workshop, const std::string& topology)
        : name_(Workshop::lab_name()),
          program_(Workshop::words({"up", "--lab", name_, workshop.write("start.json", topology)}),
                   workshop.setting()) {}

    const std::string& name() const { return name_; }
    Program& program() { return program_; }
    /// Waits until its supervisor and all of `nodes` nodes run.
    std::vector<ProcessId> wait_for(std::size_t nodes) const {
        std::vector<ProcessId> processes;
        REQUIRE(eventually([&] { return (processes = processes_of(name_)).size() > nodes; }));
        return processes;
    }

private:
    std::string name_;
    Program program_;
};

void comes_up_again(const Workshop& workshop, const std::string& name) {
    const auto file = workshop.write("again.json", pair);
    const auto up = workshop.netlab({"up", "--lab", name, file});
    INFO(up.err);
    CHECK(up.code == 0);
    CHECK(workshop.netlab({"exec", "-l", name, "h1", "--", "ping", "-c1", "-W4", "h2"}).code == 0);
    CHECK(workshop.netlab({"down", name}).code == 0);
    CHECK(workshop.left_of(name) == "");
}

} // namespace

TEST_CASE("a second up of a running lab is refused, says what to do, and leaves the first alone") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto up =
        workshop.netlab({"up", "--lab", lab.name(), workshop.path() / (lab.name() + ".json")});
    CHECK(up.code == 2);
    CHECK(up.err.find("is running already") != std::string::npos);
    CHECK(up.err.find("netlab down " + lab.name()) != std::string::npos);
    CHECK(lab.sh("h1", "ping -c1 -W4 h2").code == 0);
}

TEST_CASE("of two starts of one lab at once, one succeeds") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto words = Workshop::words({"up", "--lab", name, workshop.write("a.json", pair)});
    Program first{words, workshop.setting()};
    Program second{words, workshop.setting()};
    const auto codes = std::minmax({first.finish().code, second.finish().code});
    CHECK(codes.first == 0);
    CHECK(codes.second == 2);
    CHECK(workshop.netlab({"down", name}).code == 0);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a start that is interrupted ends with 128 + the signal and leaves nothing") {
    const Workshop workshop;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        Start start{workshop, slow};
        start.wait_for(20);
        start.program().signal(number);
        const auto ended = start.program().finish();
        CHECK(ended.code == 128 + number);
        CHECK(ended.out.empty());
        CHECK(ended.err.find("interrupted") != std::string::npos);
        CHECK(workshop.left_of(start.name()) == "");
    }
}

TEST_CASE(
    "a start that is killed with SIGKILL at any moment leaves nothing but a folder, and the next "
    "one works") {
    const Workshop workshop;
    for (const std::size_t processes : {0U, 1U, 5U, 12U, 20U}) {
        Start start{workshop, slow};
        if (processes > 0) {
            start.wait_for(processes - 1);
        }
        start.program().signal(SIGKILL);
        CHECK(start.program().finish().code == 128 + SIGKILL);
        CHECK(eventually([&] { return processes_called(start.name()).empty(); }));
        comes_up_again(workshop, start.name());
    }
}

TEST_CASE(
    "a start that is killed after a few milliseconds leaves no process, and the next one works") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("a.json", pair);
    for (int moment = 0; moment < 24; ++moment) {
        Program up{Workshop::words({"up", "--lab", name, file}), workshop.setting()};
        std::this_thread::sleep_for(std::chrono::milliseconds{4 * moment});
        up.signal(SIGKILL);
        up.finish();
        workshop.netlab({"down", "--all"}); // it may have been up already
        CHECK(eventually([&] { return processes_called(name).empty(); }));
    }
    comes_up_again(workshop, name);
}

TEST_CASE("a supervisor that is killed while it starts the lab is said so, and nothing is left") {
    const Workshop workshop;
    Start start{workshop, slow};
    const auto processes = start.wait_for(20);
    ::kill(processes.front().pid, SIGKILL);
    const auto ended = start.program().finish();
    CHECK(ended.code == 1);
    CHECK(ended.err.find("the supervisor of the lab died while starting it: it was killed by "
                         "signal 9 (SIGKILL); its log is empty") != std::string::npos);
    CHECK(workshop.left_of(start.name()) == "");
    for (const auto& process : processes) {
        CHECK(eventually([&] { return !process.exists(); }));
    }
}

TEST_CASE("a node that is killed while it starts fails the start, by its name") {
    const Workshop workshop;
    Start start{workshop, slow};
    // Not any child of the supervisor: one that starts nodes is no node, and a node without ids yet
    // fails otherwise.
    std::vector<ProcessId> node;
    REQUIRE(eventually([&] { return !(node = processes_of(start.name(), "netlab: h1")).empty(); }));
    ::kill(node.front().pid, SIGKILL);
    const auto ended = start.program().finish();
    CHECK(ended.code == 1);
    CHECK(ended.err.find("node h1 ended while it started: killed by signal 9") !=
          std::string::npos);
    CHECK(ended.err.find("start.json:1:") != std::string::npos);
    CHECK(workshop.left_of(start.name()) == "");
}

TEST_CASE("when the supervisor of a running lab is killed, all of the lab goes with it") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "--lab", name, workshop.write("a.json", pair)}).code == 0);
    const auto processes = processes_of(name);
    REQUIRE(processes.size() == 3);
    ::kill(processes.front().pid, SIGKILL);
    for (const auto& process : processes) {
        CHECK(eventually([&] { return !process.exists(); }));
    }
    CHECK(workshop.netlab({"ls", "--names"}).out == "");
    CHECK(workshop.left_of(name) == "");
    const auto exec = workshop.netlab({"exec", "-l", name, "h1", "true"});
    CHECK(exec.code == 2);
    comes_up_again(workshop, name);
}

TEST_CASE("when the netlab of a command is killed, what that has started goes with it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto running = [&] { return lab.sh("h1", "pgrep -c -x sleep").out; };
    Program exec{Workshop::words({"exec", "-l", lab.name(), "h1", "--", "sh", "-c",
                                  "sleep 1000 & sleep 1000 | sleep 1000; true"}),
                 workshop.setting()};
    REQUIRE(eventually([&] { return running() == "3\n"; }));
    exec.signal(SIGKILL);
    exec.finish();
    CHECK(eventually([&] { return running() == "0\n"; }));
}

TEST_CASE("a node that cannot be started is named, with its line") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("many.json", "{\n\"nodes\": { \"h[1-40]\": { \"run\": "
                                                  "[{ \"command\": \"sleep 1000\" }] } } }");
    const auto up = run({"sh", "-c", "ulimit -n 30 && exec \"$@\"", "sh",
                         Workshop::words({}).front(), "up", "--lab", name, file},
                        workshop.setting());
    INFO(up.err);
    CHECK(up.code == 1);
    CHECK(up.err.find("many.json:2:") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("when a node is killed the others go on, and commands say what became of it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {}, "sw": { "kind": "switch" } },
        "links": [["h[1-3]", "sw"]] })"};
    ::kill(lab.init_of("h2"), SIGKILL);
    CHECK(eventually(
        [&] { return lab.netlab("inspect", {"h2"}).out.find("ended") != std::string::npos; }));
    const auto exec = lab.sh("h2", "true");
    CHECK(exec.code == 1);
    CHECK(exec.err.find("node h2 does not run: killed by signal 9 (Killed)") != std::string::npos);
    const auto all = lab.exec("h[1-3]", {"echo", "hello"});
    CHECK(all.code == 1);
    CHECK(all.out.find("h1 | hello\n") != std::string::npos);
    CHECK(all.out.find("h3 | hello\n") != std::string::npos);
    CHECK(all.err == "netlab: node h2 does not run: killed by signal 9 (Killed)\n");
    const auto values =
        nlohmann::json::parse(lab.netlab("exec", {"--json", "h[1-3]", "hostname"}).out);
    REQUIRE(values.size() == 3);
    CHECK(values[1]["node"] == "h2");
    CHECK(values[1]["exit_code"] == 1);
    CHECK(values[1]["error"] == "node h2 does not run: killed by signal 9 (Killed)");
    CHECK(values[2]["stdout"] == "h3\n");
    CHECK(lab.sh("h1", "ping -c1 -W4 h3").code == 0);
    CHECK(content_of(workshop.state_of(lab.name()) / "log").find("node h2 has ended") !=
          std::string::npos);
}

TEST_CASE("a state folder that a killed lab has left is replaced") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    workshop.write(workshop.state_of(name) / "lab.json",
                   "{\"name\": \"old\", \"description\": \"old\"}");
    workshop.write(workshop.state_of(name) / "control.sock", "no socket");
    workshop.write(workshop.state_of(name) / "netlab", "");
    std::filesystem::permissions(workshop.state_of(name), std::filesystem::perms{0700});
    comes_up_again(workshop, name);
}

TEST_CASE("folders that no lab has made stay, whatever they are called") {
    const Workshop workshop;
    const auto file = workshop.write(workshop.state() / "dear/log/file", "precious");
    const auto log = workshop.write(workshop.state() / "work/log", "precious");
    std::filesystem::create_directory(workshop.state() / "empty");
    for (const auto* folder : {"dear", "work", "empty"}) {
        std::filesystem::permissions(workshop.state() / folder, std::filesystem::perms{0700});
    }
    CHECK(workshop.netlab({"ls"}).code == 0);
    CHECK(workshop.netlab({"down", "--all"}).code == 0);
    CHECK(content_of(file) == "precious");
    CHECK(content_of(log) == "precious");
    CHECK(std::filesystem::exists(workshop.state() / "empty"));
    const auto up = workshop.netlab({"up", "-l", "work", workshop.write("a.json", pair)});
    CHECK(up.code == 2);
    CHECK(up.err.find("holds 'log', which is none of a lab's state") != std::string::npos);
    CHECK(content_of(log) == "precious");
}

TEST_CASE("a lab that was killed is listed by none of many who look at once") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "--lab", name, workshop.write("a.json", pair)}).code == 0);
    const auto processes = processes_of(name);
    ::kill(processes.front().pid, SIGKILL);
    CHECK(eventually([&] { return !processes.front().exists(); }));
    std::vector<std::unique_ptr<Program>> many;
    for (int i = 0; i < 12; ++i) {
        many.push_back(
            std::make_unique<Program>(Workshop::words({"ls", "--names"}), workshop.setting()));
    }
    for (const auto& program : many) {
        CHECK(program->finish().out == "");
    }
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("labs that several take down at once go, and nobody is told of a failure") {
    const Workshop workshop;
    std::vector<std::string> names;
    for (int i = 0; i < 3; ++i) {
        names.push_back(Workshop::lab_name());
        REQUIRE(workshop.netlab({"up", "-l", names.back(), workshop.write("a.json", pair)}).code ==
                0);
    }
    std::vector<std::unique_ptr<Program>> many;
    for (int i = 0; i < 4; ++i) {
        many.push_back(
            std::make_unique<Program>(Workshop::words({"down", "--all"}), workshop.setting()));
    }
    for (const auto& program : many) {
        const auto ended = program->finish();
        CHECK(ended.code == 0);
        CHECK(ended.err == "");
    }
    for (const auto& name : names) {
        CHECK(workshop.left_of(name) == "");
    }
}

TEST_CASE("a state folder that others may write is refused") {
    const Workshop workshop;
    std::filesystem::create_directory(workshop.state());
    std::filesystem::permissions(workshop.state(), std::filesystem::perms{0777});
    const auto up = workshop.netlab({"up", workshop.write("a.json", pair)});
    CHECK(up.code == 2);
    CHECK(up.err.find("is not a folder that only you may write") != std::string::npos);
    CHECK(up.err.find("remove") == std::string::npos); // what is in it may be dear to somebody
}

TEST_CASE("the state folder that netlab chose itself goes with its last lab") {
    const Workshop workshop;
    const auto script =
        fmt::format("mount -t tmpfs none /run && unset NETLAB_STATE_DIR && netlab={} file={} && "
                    "$netlab up -l one $file >/dev/null && $netlab up -l two $file >/dev/null && "
                    "$netlab down one >/dev/null && "
                    "ls /run/netlab && $netlab down two >/dev/null && ls -A /run",
                    Workshop::words({}).front(), workshop.write("a.json", pair).string());
    const auto ended = run({"unshare", "-rm", "sh", "-c", script}, workshop.setting());
    CHECK(ended.err == "");
    CHECK(ended.out == "two\n");
}

TEST_CASE("several labs run at once, with the same addresses in each") {
    const Workshop workshop;
    const LabUnderTest one{workshop, pair};
    const LabUnderTest two{workshop, pair};
    CHECK(one.says("h1", "ip -4 -o addr show eth0") == two.says("h1", "ip -4 -o addr show eth0"));
    one.says("h2", "hostname first");
    CHECK(two.says("h2", "hostname") == "h2");
    CHECK(one.sh("h1", "ping -c1 -W4 10.0.1.2").code == 0);
    one.says("h2", "ip link set eth0 down");
    CHECK(one.sh("h1", "ping -c1 -W1 10.0.1.2").code != 0);
    CHECK(two.sh("h1", "ping -c1 -W4 10.0.1.2").code == 0);
}

} // namespace netlab::test
