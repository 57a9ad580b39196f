#include "image/lab_root.h"
#include "node/report.h"
#include "node/spawn.h"
#include "node/sysctl.h"
#include "support/catch.h"
#include "sys/check.h"
#include "sys/process.h"

#include <array>
#include <chrono>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

NodeSpec spec_of(const std::string& name) {
    NodeSpec spec;
    spec.name = name;
    spec.root.hostname = name;
    return spec;
}

/// Spawns the node in a lab's root, takes it as far as it goes, and ends it. What it reported, in
/// words.
std::string life_of(const NodeSpec& spec) {
    enter_lab_root({"127.0.0.1 localhost\n", {}});
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
    const UniqueFd reading{ends[0]};
    const UniqueFd writing{ends[1]};
    StartGate gate{1};
    const pid_t pid = spawn_node(spec, 0, {gate, writing, "0 0 1\n", "0 0 1\n"});
    gate.open(0, StartGate::Step::wired);
    ReportReader reader;
    std::string seen;
    for (pollfd wait{reading.get(), POLLIN, 0}; ::poll(&wait, 1, 20000) > 0;) {
        for (const auto& report : reader.read(reading)) {
            static constexpr std::array names{"tuned ", "prepared ", "ready", "failed: "};
            seen += names[static_cast<std::size_t>(report.kind)] + report.message;
        }
        if (seen.find("ready") != std::string::npos || seen.find("failed") != std::string::npos) {
            break;
        }
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return seen;
}

/// In a process and mount namespace of its own, because a lab's root is a way without return.
std::string life_elsewhere(const NodeSpec& spec) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const auto clone = clone_process(CLONE_NEWNS);
    REQUIRE(clone.pid >= 0);
    if (clone.pid == 0) {
        std::string seen;
        try {
            seen = life_of(spec);
        } catch (const std::exception& error) {
            seen = error.what();
        }
        std::ignore = ::write(ends[1], seen.data(), seen.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    const UniqueFd from{ends[0]};
    std::string text(8192, '\0');
    const auto size = ::read(from.get(), text.data(), text.size());
    ::waitpid(clone.pid, nullptr, 0);
    return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
}

} // namespace

TEST_CASE("a node reports that it is tuned, prepared and ready, once its commands have run") {
    auto spec = spec_of("h1");
    spec.defaults = {{"net.ipv4.ip_forward", "1"}, {"net.no.such.thing", "1"}};
    spec.sysctls = {{"net.ipv4.ip_default_ttl", "42"}};
    spec.env = {{"ROLE", "client"}};
    spec.workdir = "/tmp";
    spec.commands = {{"/bin/sh", "-c", "test $(cat /proc/sys/net/ipv4/ip_forward) = 1"},
                     {"/bin/sh", "-c", "test $(hostname) = h1 && test $ROLE = client"},
                     {"/bin/sh", "-c", "test $(pwd) = /tmp && test $(id -u) = 0"}};
    CHECK(life_elsewhere(spec) == "tuned prepared ready");
}

TEST_CASE("a node that cannot be had as it was asked for reports why") {
    auto spec = spec_of("h1");
    spec.sysctls = {{"net.no.such.thing", "1"}};
    CHECK(life_elsewhere(spec).find("tuned prepared failed: cannot set sysctl net.no.such.thing") ==
          0);
    spec = spec_of("h1");
    spec.commands = {{"/bin/sh", "-c", "echo no luck; exit 5"}};
    CHECK(life_elsewhere(spec).find("failed: ended with exit code 5:\nno luck") !=
          std::string::npos);
    spec = spec_of("h1");
    spec.root.private_directories = {"/etc/passwd"};
    CHECK(life_elsewhere(spec).find("tuned failed: ") == 0);
}

TEST_CASE("of what a set-up command prints the end is kept, however much it is") {
    auto spec = spec_of("h1");
    spec.commands = {{"/bin/sh", "-c", "yes | head -c 30000000; echo the end; exit 3"}};
    const auto life = life_elsewhere(spec);
    CHECK(life.find("failed: ended with exit code 3:\n") != std::string::npos);
    CHECK(life.ends_with("y\nthe end"));
    CHECK(life.size() < 2200);
}

TEST_CASE("what a set-up command leaves behind goes on printing and is neither stopped nor ended") {
    auto spec = spec_of("h1");
    // The second waits until the one before has printed far more than a pipe holds.
    spec.commands = {
        {"/bin/sh", "-c", "(yes | head -c 3000000; touch /tmp/printed) & exit 0"},
        {"/bin/sh", "-c",
         "for i in $(seq 200); do test -e /tmp/printed && exit 0; sleep 0.1; done; exit 1"}};
    CHECK(life_elsewhere(spec) == "tuned prepared ready");
}

TEST_CASE("signals that netlab's caller ignores are not ignored in a node") {
    auto spec = spec_of("h1");
    spec.commands = {{"/bin/sh", "-c", "grep -q '^SigIgn:.0000000000000000$' /proc/self/status"}};
    const auto hangup = ::signal(SIGHUP, SIG_IGN);
    const auto quit = ::signal(SIGQUIT, SIG_IGN);
    CHECK(life_elsewhere(spec) == "tuned prepared ready");
    ::signal(SIGHUP, hangup);
    ::signal(SIGQUIT, quit);
}

TEST_CASE("a sysctl's name becomes a path with dots or with slashes, as sysctl(8) has it") {
    CHECK(sysctl_path("net.ipv4.ip_forward") == "/proc/sys/net/ipv4/ip_forward");
    CHECK(sysctl_path("net/ipv4/conf/eth0.5/rp_filter") ==
          "/proc/sys/net/ipv4/conf/eth0.5/rp_filter");
    CHECK(sysctl_path("net.ipv4.conf.eth0/5.rp_filter") ==
          "/proc/sys/net/ipv4/conf/eth0.5/rp_filter");
    CHECK(sysctl_exists("net.ipv4.ip_forward"));
    CHECK_FALSE(sysctl_exists("net.ipv4.nothing"));
    CHECK_THROWS_AS(write_sysctl("net.ipv4.nothing", "1"), std::system_error);
}

TEST_CASE("a gate opens for its own node only, and only as far as it was opened") {
    StartGate gate{3};
    gate.open(1, StartGate::Step::mapped);
    CHECK(gate.wait(1, StartGate::Step::mapped, 0s));
    CHECK_FALSE(gate.wait(1, StartGate::Step::wired, 0s));
    CHECK_FALSE(gate.wait(0, StartGate::Step::mapped, 0s));
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(gate.wait(2, StartGate::Step::wired, 20s) ? 0 : 1);
    }
    ::usleep(50'000);
    gate.open(2, StartGate::Step::wired);
    int status = 1;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("the errors of making namespaces are told with the limit or switch behind them") {
    CHECK(explain_namespace_error(ENOSPC).find("user.max_net_namespaces") != std::string::npos);
    CHECK(explain_namespace_error(EAGAIN).find("ulimit -u") != std::string::npos);
}

} // namespace netlab::test
