#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <csignal>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

/// A web server that every host has: python3 is among what the tests need.
constexpr const char* web =
    R"({ "name": "web", "command": "exec python3 -m http.server 80", "ready": { "tcp": 80 } })";

std::string two(const std::string& first, const std::string& second = "") {
    return fmt::format(
        R"({{ "nodes": {{ "a": {{ {} }}, "b": {{ {} }} }}, "links": [["a", "b"]] }})", first,
        second);
}

std::string run(const std::string& services) {
    return "\"run\": [" + services + "]";
}

json services_of(const LabUnderTest& lab) {
    const auto ps = lab.netlab("ps", {"--json"});
    INFO(ps.err);
    REQUIRE(ps.code == 0);
    return json::parse(ps.out);
}

std::string state_of(const LabUnderTest& lab, const std::string& service) {
    for (const auto& one : services_of(lab)) {
        if (one["service"] == service) {
            return one["state"];
        }
    }
    return "none";
}

Ended refused(const Workshop& workshop, const std::string& topology) {
    const auto name = Workshop::lab_name();
    const auto up = workshop.netlab({"up", "--lab", name, workshop.write("bad.json", topology)});
    INFO(up.err);
    CHECK(up.code == 1);
    CHECK(workshop.left_of(name) == "");
    return up;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

// a --- b
TEST_CASE("a service is reached from another node as soon as up returns") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(web))};
    CHECK(has(lab.up().out, "1 service"));
    CHECK(has(lab.says("b", "python3 -c 'import urllib.request as u; "
                            "print(u.urlopen(\"http://a/\").status)'"),
              "200"));
    const auto services = services_of(lab);
    REQUIRE(services.size() == 1);
    CHECK(services[0]["node"] == "a");
    CHECK(services[0]["service"] == "web");
    CHECK(services[0]["state"] == "ready");
    CHECK(services[0]["pid"].get<int>() > 1);
    CHECK(services[0]["restarts"] == 0);
    CHECK(services[0]["memory_bytes"].get<double>() > 1e6);
    CHECK(services[0]["cpu_seconds"].get<double>() > 0);
    CHECK(has(lab.netlab("ps").out, "web"));
    CHECK(lab.netlab("ps", {"--names"}).out == "a/web\n");
    CHECK(eventually([&] { return has(lab.netlab("logs", {"a"}).out, "\"GET / HTTP/1.1\" 200"); }));
}

// a --- b
TEST_CASE("a service sees its own node's interfaces and terminals, and writes in its own layers") {
    const Workshop workshop;
    const LabUnderTest lab{
        workshop, two(R"("run": ["ls /sys/class/net; ls /dev/pts; touch /etc/netlab-mine && )"
                      R"(echo layered; exec sleep 1000"])")};
    CHECK(eventually([&] { return has(lab.netlab("logs", {"a"}).out, "layered"); }));
    const auto log = lab.netlab("logs", {"a"}).out;
    CHECK(has(log, "eth0"));
    CHECK(has(log, "ptmx"));
    CHECK_FALSE(has(log, "lan0"));
}

// a --- b
TEST_CASE("a service is ready when its port is open at any one of its node's addresses") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(R"("loopback": ["192.0.2.1", "192.0.2.2", "192.0.2.3",
        "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.9"],
        "run": [{ "name": "web", "command": "exec python3 -m http.server --bind 192.0.2.9 80",
                  "ready": { "tcp": 80 } }])")};
    CHECK(state_of(lab, "web") == "ready");
}

TEST_CASE("a node begins when those that it depends on are ready, and not before") {
    const Workshop workshop;
    // The file is at the end of a service that takes its time to be ready.
    const auto folder = workshop.path() / "shared";
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    const auto topology = fmt::format(
        R"({{ "defaults": {{ "node": {{ "binds": ["{0}:/shared"] }} }}, "nodes": {{
        "c": {{ "depends_on": ["b"], "exec": ["echo c >>/shared/order"] }},
        "b": {{ "depends_on": ["a"], "exec": ["echo b >>/shared/order"],
               "run": [{{ "command": "sleep 0.3; echo b up >>/shared/order; echo up; sleep 100", "ready": {{ "log": "up" }} }}] }},
        "a": {{ "run": [{{ "command": "sleep 0.5; echo a >>/shared/order; echo go; exec sleep 100",
                        "ready": {{ "log": "go" }} }}] }} }} }})",
        folder.string());
    const LabUnderTest lab{workshop, topology};
    CHECK(content_of(folder / "order") == "a\nb\nb up\nc\n");
}

TEST_CASE(
    "a service that does not become ready takes the lab down, and the end of its log is shown") {
    const Workshop workshop;
    const auto late =
        refused(workshop,
                two(run(R"({ "name": "x", "command": "echo one; printf 'two\\033[2J\\0'; sleep 100",
        "ready": { "tcp": 99, "within": "500ms" } })")));
    CHECK(has(late.err, "node a: service x was not ready within 500 ms"));
    CHECK(has(late.err, "TCP port 99"));
    CHECK(has(late.err, "one\n  two\\x1b[2J\\x00"));
    CHECK(has(late.err, "bad.json:1:"));
    CHECK(has(late.err, "while starting this service"));
    const auto wrong = refused(workshop, two(run(R"("no-such-program --at-all")")));
    CHECK(has(wrong.err, "service no-such-program ended with exit code 127"));
    CHECK(has(wrong.err, "not found"));
    const auto dies = refused(workshop, two(run(R"({ "command": "echo bye; exit 4",
        "restart": "always", "ready": { "log": "never", "within": "1s" } })")));
    CHECK(has(dies.err, "ended with exit code 4"));
    CHECK(has(dies.err, "bye"));
}

TEST_CASE("what a service prints is kept, whatever it is") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(R"({ "name": "odd", "command":
        "printf 'a\\0b\\033[31mc\\nno newline'; echo wrong >&2; head -c 200000 /dev/zero | tr '\\0' x; echo; exec sleep 100",
        "ready": { "log": "xxx" } })"),
                                         run(R"("echo from b; exec sleep 100")"))};
    std::string text;
    REQUIRE(
        eventually([&] { return has(text = lab.netlab("logs", {"a/odd"}).out, "no newlinexxx"); }));
    CHECK(has(text, std::string("a\0b\x1b[31mc\n", 10)));
    CHECK(has(text, "-- started, pid "));
    const auto both = lab.netlab("logs", {"a", "b"}).out;
    CHECK(has(both, " b/echo from b\n"));
    CHECK(has(both, " a/odd wrong\n"));
    std::istringstream lines{lab.netlab("logs", {"--json", "all"}).out};
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto value = json::parse(line);
        CHECK(value["time"].get<std::string>().ends_with("Z"));
        CHECK(value["text"].get<std::string>().size() <= 64 << 10);
        CHECK((value["stream"] == "stdout" || value["stream"] == "stderr" ||
               value["stream"] == "netlab"));
    }
    CHECK(count >= 8);
    const auto last = lab.netlab("logs", {"-n", "1", "b"}).out;
    CHECK(std::ranges::count(last, '\n') == 1);
    CHECK(lab.netlab("logs", {"--since", "0s", "b"}).out.empty());
    CHECK(has(lab.netlab("logs", {"--since", "1h", "b"}).out, "from b"));
}

TEST_CASE("what a process has begun to print and the next one prints are two lines") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(R"({ "name": "s", "command": "printf cut-off; exit 1",
        "restart": "on-failure", "ready": { "log": "cut-off" } })"))};
    std::string logs;
    CHECK(eventually([&] {
        logs = lab.netlab("logs", {"a"}).out;
        return logs.find("cut-off", logs.find("cut-off") + 1) != std::string::npos;
    }));
    CHECK_FALSE(has(logs, "cut-offcut-off"));
    CHECK(has(logs, "cut-off\n"));
}

TEST_CASE("logs -f goes on until its lab ends") {
    const Workshop workshop;
    const auto file = workshop.write(
        "f.json", two(run(R"("i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.2; done")")));
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "-l", name, file}).code == 0);
    Program follow{Workshop::words({"logs", "-f", "-l", name, "a"}), workshop.setting()};
    std::string seen;
    REQUIRE(eventually([&] {
        return has(seen = workshop.netlab({"logs", "-l", name, "a"}).out, "tick 5\n");
    }));
    CHECK(workshop.netlab({"down", name, "--timeout", "1s"}).code == 0);
    const auto ended = follow.finish();
    CHECK(ended.code == 0);
    CHECK(has(ended.out, "tick 0\n"));
    CHECK(has(ended.out, "tick 3\n"));
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a stopped node keeps its links, addresses, shaping and files, and starts again") {
    const Workshop workshop;
    const LabUnderTest lab{
        workshop,
        two(run(web) + R"(, "exec": ["echo kept >/tmp/kept", "sleep 1000 >/dev/null &"])")};
    const auto before = lab.says("a", "ip -br addr; ip route");
    CHECK(lab.netlab("stop", {"a"}).code == 0);
    CHECK(state_of(lab, "web") == "stopped");
    CHECK(has(lab.netlab("inspect").out, "host (stopped)"));
    CHECK(lab.says("a", "ip -br addr; ip route") == before);
    CHECK(lab.says("a", "cat /tmp/kept") == "kept");
    CHECK(lab.sh("a", "pgrep -x sleep").code != 0);
    CHECK(lab.sh("b", "ping -c1 -W4 a").code == 0);
    CHECK(
        lab.sh("b", "python3 -c 'import socket; socket.create_connection((\"a\", 80), 2)'").code !=
        0);
    CHECK(lab.netlab("start", {"a"}).code == 0);
    CHECK(state_of(lab, "web") == "ready");
    CHECK(
        lab.sh("b", "python3 -c 'import socket; socket.create_connection((\"a\", 80), 2)'").code ==
        0);
    CHECK(lab.netlab("restart", {"a"}).code == 0);
    CHECK(state_of(lab, "web") == "ready");
    CHECK(lab.netlab("stop", {"a/web"}).code == 0);
    CHECK(state_of(lab, "web") == "stopped");
    CHECK_FALSE(has(lab.netlab("inspect").out, "host (stopped)"));
    CHECK(lab.netlab("restart", {"a/web"}).code == 0);
    CHECK(state_of(lab, "web") == "ready");
}

TEST_CASE("a lab with services goes down though its supervisor is frozen") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "-l", name, workshop.write("a.json", two(run(web)))}).code == 0);
    const auto supervisor = processes_of(name).front();
    ::kill(supervisor.pid, SIGSTOP);
    CHECK(workshop.netlab({"down", name, "--timeout", "1s"}).code == 0);
    CHECK_FALSE(supervisor.exists());
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a command that was stopped and goes on gets its answer") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(web))};
    ::kill(lab.supervisor(), SIGSTOP);
    Program stop{Workshop::words({"stop", "-l", lab.name(), "a"}), workshop.setting()};
    const auto status = "/proc/" + std::to_string(stop.pid()) + "/stat";
    CHECK(eventually([&] { return has(content_of(status), ") S "); })); // waits for the answer
    stop.signal(SIGSTOP);
    stop.signal(SIGCONT);
    ::kill(lab.supervisor(), SIGCONT);
    const auto ended = stop.finish();
    CHECK(ended.err == "");
    CHECK(ended.code == 0);
}

TEST_CASE("a node without services is stopped, too: all of its processes end") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(R"("exec": ["sleep 1000 >/dev/null &",
        "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' >/dev/null 2>&1 &"])")};
    CHECK(lab.sh("a", "pgrep -x sleep").code == 0);
    CHECK(lab.netlab("stop", {"a", "--timeout", "500ms"}).code == 0);
    CHECK(lab.sh("a", "pgrep -x sleep").code != 0);
    CHECK(has(lab.netlab("ps").out, "stopped"));
    CHECK(lab.netlab("start", {"all"}).code == 0);
    CHECK_FALSE(has(lab.netlab("ps").out, "stopped"));
    CHECK(lab.sh("b", "ping -c1 -W4 a").code == 0);
}

TEST_CASE("what cannot be started again says why, and stays as it is") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(R"({ "name": "once", "command":
        "test -e /tmp/was && { echo never again; exit 9; }; : >/tmp/was; exec sleep 1000" })"))};
    CHECK(lab.netlab("stop", {"a"}).code == 0);
    const auto start = lab.netlab("start", {"a"});
    CHECK(start.code == 1);
    CHECK(has(start.err, "node a: service once ended with exit code 9"));
    CHECK(has(start.err, "never again"));
    CHECK(state_of(lab, "once") == "failed");
}

TEST_CASE("down lets services end by themselves, within its timeout") {
    const Workshop workshop;
    const auto folder = workshop.path() / "shared";
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    const auto topology = fmt::format(
        R"({{ "defaults": {{ "node": {{ "binds": ["{0}:/shared"] }} }}, "nodes": {{
        "a": {{ "run": ["trap 'echo polite >>/shared/end; exit' TERM; while :; do sleep 0.05; done"] }},
        "b": {{ "run": ["trap '' TERM; while :; do sleep 0.05; done"] }} }} }})",
        folder.string());
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "-l", name, workshop.write("d.json", topology)}).code == 0);
    CHECK(workshop.netlab({"down", name, "--timeout", "2s"}).code == 0);
    CHECK(content_of(folder / "end") == "polite\n");
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("services die with their supervisor, and nothing of their logs is left") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("k.json", two(run(R"("yes")")));
    REQUIRE(workshop.netlab({"up", "-l", name, file}).code == 0);
    const auto processes = processes_of(name);
    REQUIRE(processes.size() > 2);
    ::kill(processes.front().pid, SIGKILL);
    CHECK(eventually([&] {
        return std::ranges::none_of(processes, [](const ProcessId& one) { return one.exists(); });
    }));
    CHECK(workshop.netlab({"ls", "--names"}).out.find(name) == std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

// Each of them tries to do harm in its own way; `good` and the host go on.
TEST_CASE("hostile services harm no other node and not the host") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": {
        "forks": { "run": [{ "command": "for i in $(seq 50); do (setsid sleep 1000 &); done; exit 0", "restart": "no" }] },
        "deaf": { "run": ["trap '' TERM HUP INT QUIT; while :; do sleep 1; done"] },
        "dies": { "run": [{ "command": "sleep 0.2; kill -9 $$", "restart": "always" }] },
        "noise": { "run": ["exec cat /dev/zero", "exec yes \"$(printf '\\033]0;x\\007\\033[2J')\"", "exec cat /dev/urandom >&2"] },
        "init": { "run": ["while :; do kill -TERM 1; kill -KILL 1; kill -CHLD 1; kill -USR1 1; sleep 0.01; done 2>/dev/null"] },
        "good": { "run": [)" + std::string{web} +
                                         R"(] } },
        "links": [["good", "forks"]] })"};
    CHECK(eventually([&] {
        return std::ranges::any_of(services_of(lab), [](const json& one) {
            return one["node"] == "dies" && one["restarts"].get<int>() >= 2;
        });
    }));
    CHECK(lab.sh("forks", "python3 -c 'import socket; socket.create_connection((\"good\", 80), 9)'")
              .code == 0);
    const auto noise = lab.netlab("logs", {"-n", "5", "noise"});
    CHECK(noise.code == 0);
    CHECK(has(lab.netlab("logs", {"noise/cat"}).out, "bytes before this were dropped"));
    CHECK(lab.netlab("stop", {"all", "--timeout", "1s"}).code == 0);
    for (const auto& one : services_of(lab)) {
        CHECK(one["state"] == "stopped");
    }
    CHECK(lab.sh("forks", "pgrep -x sleep").code != 0);
    CHECK(lab.netlab("start", {"good"}).code == 0);
    CHECK(lab.sh("forks", "python3 -c 'import socket; socket.create_connection((\"good\", 80), 9)'")
              .code == 0);
}

TEST_CASE("two hundred nodes with a service each are all ready when up returns") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "n[1-200]": {
        "run": [{ "name": "s", "command": "echo up; exec sleep 1000", "ready": { "log": "up" } }] } } })"};
    const auto services = services_of(lab);
    CHECK(services.size() == 200);
    CHECK(std::ranges::all_of(services, [](const json& one) { return one["state"] == "ready"; }));
    CHECK(lab.netlab("restart", {"all"}).code == 0);
    CHECK(std::ranges::count(lab.netlab("logs", {"all"}).out, '\n') >= 200 * 6);
}

TEST_CASE("top shows what nodes and links do") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, two(run(R"("while :; do :; done")"))};
    auto top = lab.netlab("top");
    CHECK(top.code == 0);
    CHECK(has(top.out, "NODE"));
    CHECK(has(top.out, "a:eth0"));
    top = lab.netlab("top", {"--json", "a"});
    const auto value = json::parse(top.out);
    REQUIRE(value["nodes"].size() == 1);
    CHECK(value["nodes"][0]["cpu"].get<double>() > 0);
    CHECK(value["nodes"][0]["processes"].get<int>() >= 2);
    CHECK(value["links"][0]["ends"].size() == 2);
    const auto exec = lab.sh("b", "ping -c 40 -i 0.02 -W 4 a");
    CHECK(exec.code == 0);
}

} // namespace netlab::test
