#include "support/catch.h"
#include "sys/process.h"
#include "two_nodes.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

int error_of(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

std::string message_of(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const std::system_error& error) {
        return error.what();
    }
    return "";
}

std::size_t open_files(pid_t pid) {
    const std::filesystem::directory_iterator files{"/proc/" + std::to_string(pid) + "/fd"};
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

} // namespace

TEST_CASE("what cannot be done is refused in words, and changes nothing") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    ReapedWires wires{calls};
    auto& [a, b] = nodes.taps();
    wires->connect(1, a, b, {});
    nodes.carrier(true);
    CHECK(message_of([&, &one = a, &two = b] { wires->connect(1, one, two, {}); }) ==
          "cannot connect wire 1: cannot connect a wire twice: File exists");
    CHECK(message_of([&] { wires->shape(2, {}); }) ==
          "cannot shape wire 2: cannot find the wire: No such file or directory");
    CHECK(error_of([&] { wires->disconnect(2); }) == ENOENT);
    CHECK(error_of([&] { wires->counters(2); }) == ENOENT);
    const UniqueFd null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    CHECK(error_of([&] { wires->connect(2, null, null, {}); }) == ENOTTY);
    CHECK(error_of([&] { wires->counters(2); }) == ENOENT);
    Impairment broken;
    broken.trace = {std::make_shared<const Trace>(Trace{"empty", {}})};
    CHECK(error_of([&] { wires->shape(1, {broken, {}}); }) == EBADMSG);
    CHECK(answered_pings(nodes, 1, "-W 10").size() == 1);
}

TEST_CASE("each refused or repeated connection leaves no file open in the process") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    ReapedWires wires{calls};
    auto& [a, b] = nodes.taps();
    wires->connect(1, a, b, {});
    const auto before = open_files(wires->pid());
    Impairment traced;
    traced.trace = {std::make_shared<const Trace>(Trace{"cell.up", {1, 2, 3}})};
    for (int i = 0; i < 50; ++i) {
        CHECK(error_of([&, &one = a, &two = b] { wires->connect(1, one, two, {}); }) == EEXIST);
        CHECK(error_of([&] { wires->shape(9, {traced, traced}); }) == ENOENT);
        wires->shape(1, {traced, traced});
        wires->disconnect(1);
        wires->connect(1, a, b, {traced, {}});
    }
    CHECK(open_files(wires->pid()) == before);
}

TEST_CASE("the process has nothing open of its parent's but the log") {
    const UniqueFd ours{::open("/dev/null", O_RDONLY)}; // not even close-on-exec
    ReapedWires wires{FrameCalls::single};
    // stdin, stdout, stderr, the channel, epoll, the timer; an io_uring would be one more
    CHECK(open_files(wires->pid()) == 6);
    CHECK(::getsid(wires->pid()) == wires->pid());
}

// left --- right
TEST_CASE("when the process is killed the interfaces live on, and another one takes them over") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    {
        ReapedWires first{calls};
        first->connect(1, nodes.taps()[0], nodes.taps()[1], {});
        nodes.carrier(true);
        CHECK(answered_pings(nodes, 1, "-W 10").size() == 1);
        ::kill(first->pid(), SIGKILL);
        CHECK(error_of([&] { first->counters(1); }) == EPIPE);
    }
    CHECK(answered_pings(nodes, 1, "-W 0.2").empty());
    ReapedWires second{calls};
    second->connect(1, nodes.taps()[0], nodes.taps()[1], {});
    CHECK(answered_pings(nodes, 1, "-W 10").size() == 1);
}

TEST_CASE("the process ends when its parent does") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const auto parent = clone_process(0);
    REQUIRE(parent.pid >= 0);
    if (parent.pid == 0) {
        const auto wires = WireProcess::start("wires of a test");
        const pid_t pid = wires.pid();
        std::ignore = ::write(ends[1], &pid, sizeof pid);
        ::raise(SIGKILL);
    }
    pid_t pid = 0;
    REQUIRE(::read(ends[0], &pid, sizeof pid) == sizeof pid);
    ::waitpid(parent.pid, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(eventually([&] { return ::kill(pid, 0) != 0 || is_zombie(pid); }));
}

TEST_CASE("the process ends when nobody can ask it for anything any more") {
    pid_t pid = 0;
    {
        const auto wires = WireProcess::start("wires of a test");
        pid = wires.pid();
    }
    int status = -1;
    CHECK(::waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

// left --- right
TEST_CASE("frames of any length and content harm nobody") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    ReapedWires wires{calls};
    wires->connect(1, nodes.taps()[0], nodes.taps()[1],
                   {impairment({{"corrupt", "50%"}, {"duplicate", "10%"}}), {}});
    nodes.carrier(true);
    std::mt19937 random{1};
    for (std::size_t length = 0; length <= 80; ++length) {
        std::string frame(length % 40 + (length >= 40 ? 14 : 0), '\0');
        std::ranges::generate(frame, [&] { return static_cast<char>(random()); });
        nodes.send_from_left(frame);
    }
    wires->shape(1, {});
    CHECK(answered_pings(nodes, 1, "-W 10").size() == 1);
}

// left --- (deleted)
TEST_CASE("a process whose wire lost an interface sleeps, and serves the other wires") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes broken;
    TwoNodes whole;
    ReapedWires wires{calls};
    wires->connect(1, broken.taps()[0], broken.taps()[1], {});
    wires->connect(2, whole.taps()[0], whole.taps()[1], {});
    broken.carrier(true);
    whole.carrier(true);
    REQUIRE(shell_in(broken.left(), "ip link delete wire0").code == 0);
    CHECK(answered_pings(broken, 1, "-W 0.2").empty());
    CHECK(answered_pings(whole, 1, "-W 10").size() == 1);
    // Nothing wakes it up: the kernel would report the lost one for ever.
    CHECK(eventually([&] { return sleeps_on(wires->pid()); }));
    CHECK(error_of([&] { wires->shape(1, {}); }) != 0);
    wires->disconnect(1);
    CHECK(answered_pings(whole, 1, "-W 10").size() == 1);
}

} // namespace netlab::test
