#include "cli/terminal.h"
#include "join_stand_in.h"
#include "support/catch.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

/// A caller at a terminal of this test's, and what he runs in a node.
class Caller {
public:
    explicit Caller(const JoinRequest& request) {
        int master = -1;
        int slave = -1;
        const ::winsize size{33, 99, 0, 0};
        if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) {
            throw std::runtime_error{"cannot open a terminal"};
        }
        screen_.reset(master);
        slave_.reset(slave);
        pid_ = ::fork();
        if (pid_ == 0) {
            be_client(request);
        }
    }
    ~Caller() { Child{pid_}; }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    pid_t pid() const { return pid_; }
    void type(const std::string& keys) const {
        REQUIRE(::write(screen_.get(), keys.data(), keys.size()) ==
                static_cast<ssize_t>(keys.size()));
    }
    std::string see(const std::string& text) const { return read_until(screen_.get(), text); }
    void resize(unsigned short rows, unsigned short columns) const {
        const ::winsize size{rows, columns, 0, 0};
        REQUIRE(::ioctl(screen_.get(), TIOCSWINSZ, &size) == 0);
    }
    bool is_raw() const {
        ::termios modes{};
        return ::tcgetattr(slave_.get(), &modes) == 0 && (modes.c_lflag & (ICANON | ECHO)) == 0;
    }
    void hang_up() {
        slave_.reset();
        screen_.reset();
    }
    /// What is still to be seen, and the exit code.
    Outcome end() {
        Child child{pid_};
        pid_ = -1;
        Outcome outcome;
        outcome.code = child.wait();
        if (!screen_) {
            return outcome;
        }
        const int flags = ::fcntl(screen_.get(), F_GETFL);
        ::fcntl(screen_.get(), F_SETFL, flags | O_NONBLOCK);
        std::array<char, 4096> bytes{};
        for (ssize_t got = 0; (got = ::read(screen_.get(), bytes.data(), bytes.size())) > 0;) {
            outcome.output.append(bytes.data(), static_cast<std::size_t>(got));
        }
        return outcome;
    }

private:
    [[noreturn]] void be_client(const JoinRequest& request) {
        ::setsid();
        ::ioctl(slave_.get(), TIOCSCTTY, 0);
        for (int target = 0; target < 3; ++target) {
            ::dup2(slave_.get(), target);
        }
        hang_up();
        ::setenv("TERM", "vt102", 1);
        ::signal(SIGTERM, SIG_DFL); // Catch has a handler for it
        int code = 0;
        try {
            code = run_in_node(request);
        } catch (const CommandNotStarted& refusal) {
            ::dprintf(2, "%s\n", refusal.what());
            code = refusal.exit_code();
        } catch (const std::system_error& refusal) {
            ::dprintf(2, "%s\n", refusal.what());
            code = 1;
        }
        std::_Exit(code);
    }

    UniqueFd screen_;
    UniqueFd slave_;
    pid_t pid_ = -1;
};

/// A shell that prints "ready" when it listens.
JoinRequest listening_shell(const StandIn& node, const std::string& then) {
    return node.shell("echo rea''dy; " + then);
}

} // namespace

TEST_CASE("at a terminal a command has one of the node's own, of the caller's size") {
    const StandIn node;
    Caller caller{node.shell("tty; stty size; echo $TERM; tty <&2; echo hello >/dev/tty")};
    const auto outcome = caller.end();
    CHECK(outcome.code == 0);
    CHECK(outcome.output == "/dev/pts/0\r\n33 99\r\nvt102\r\n/dev/pts/0\r\nhello\r\n");
}

TEST_CASE("what is typed reaches the command, and its exit code the caller") {
    const StandIn node;
    Caller caller{listening_shell(node, "read line; echo \"<$line>\"; exit 5")};
    caller.see("ready");
    CHECK(caller.is_raw());
    caller.type("some words\r");
    const auto outcome = caller.end();
    CHECK(outcome.code == 5);
    CHECK(outcome.output.find("<some words>\r\n") != std::string::npos);
    CHECK_FALSE(caller.is_raw());
}

TEST_CASE("Ctrl-C at the terminal interrupts the command, not its client") {
    const StandIn node;
    Caller caller{
        listening_shell(node, "trap 'echo caught; exit 6' INT; while :; do sleep 0.1; done")};
    caller.see("ready");
    std::this_thread::sleep_for(100ms);
    caller.type("\x03");
    const auto outcome = caller.end();
    CHECK(outcome.code == 6);
    CHECK(outcome.output.find("caught") != std::string::npos);
}

TEST_CASE("a new size of the caller's terminal is the node's terminal's size") {
    const StandIn node;
    Caller caller{
        listening_shell(node, "trap 'stty size; exit' WINCH; while :; do sleep 0.1; done")};
    caller.see("ready");
    std::this_thread::sleep_for(100ms);
    caller.resize(50, 132);
    CHECK(caller.end().output.find("50 132") != std::string::npos);
}

TEST_CASE("much output passes through the terminal whole, to its last line") {
    const StandIn node;
    Caller caller{node.shell("seq 1 40000; echo last")};
    const auto seen = caller.see("last\r\n");
    CHECK(seen.find("\r\n39999\r\n40000\r\nlast\r\n") != std::string::npos);
    CHECK(caller.end().code == 0);
}

TEST_CASE("a daemon that holds the terminal does not hold the client") {
    const StandIn node;
    Caller caller{node.shell("trap '' HUP; sleep 50 & echo started")};
    const auto outcome = caller.end();
    CHECK(outcome.code == 0);
    CHECK(outcome.output == "started\r\n");
}

TEST_CASE("a command that leaves its terminal may go on without it") {
    const StandIn node;
    Caller caller{listening_shell(node, "exec <&- >&- 2>&-; sleep 0.5; exit 4")};
    caller.see("ready");
    std::this_thread::sleep_for(100ms);
    caller.type("nobody reads this\r");
    CHECK(caller.end().code == 4);
}

TEST_CASE(
    "a client that is asked to end leaves the terminal as it was and takes the command along") {
    const StandIn node;
    for (const int signal : {SIGTERM, SIGHUP}) {
        Caller caller{listening_shell(node, "sleep 100")};
        caller.see("ready");
        ::kill(caller.pid(), signal);
        CHECK(caller.end().code == 128 + signal);
        CHECK_FALSE(caller.is_raw());
        CHECK(outcome_of(node.shell("grep -l sleep /proc/[0-9]*/comm")).output.empty());
    }
}

TEST_CASE("when the caller's terminal goes, so does the command") {
    const StandIn node;
    Caller caller{listening_shell(node, "sleep 100")};
    caller.see("ready");
    std::this_thread::sleep_for(100ms);
    caller.hang_up();
    CHECK(caller.end().code == 128 + SIGHUP);
    CHECK(outcome_of(node.shell("grep -l sleep /proc/[0-9]*/comm")).output.empty());
}

TEST_CASE("a command that cannot start leaves the terminal as it was") {
    const StandIn node;
    Caller caller{node.request({"no-such-command"})};
    const auto outcome = caller.end();
    CHECK(outcome.code == 127);
    CHECK(outcome.output == "h1: no-such-command: not found\r\n");
    CHECK_FALSE(caller.is_raw());
}

TEST_CASE("without a terminal signals are forwarded") {
    const StandIn node;
    TestPipe out;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(out.to.get(), 1);
        ::signal(SIGTERM, SIG_DFL);
        std::_Exit(run_in_node(node.shell(
            "trap 'echo caught; exit 8' TERM; echo ready; while :; do sleep 0.1; done")));
    }
    Child client{pid};
    out.to.reset();
    CHECK(read_until(out.from.get(), "ready") == "ready\n");
    ::kill(client.pid(), SIGTERM);
    CHECK(read_until(out.from.get()) == "caught\n");
    CHECK(client.wait() == 8);
}

} // namespace netlab::test
