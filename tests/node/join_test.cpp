#include "join_stand_in.h"
#include "support/catch.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/keyctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab::test {

namespace {

/// The exit code and the text with which a command is refused.
std::pair<int, std::string> refusal_of(const JoinRequest& request) {
    try {
        const auto outcome = outcome_of(request);
        return {outcome.code, "it ran"};
    } catch (const CommandNotStarted& refusal) {
        return {refusal.exit_code(), refusal.what()};
    }
}

std::string namespace_of(const std::string& pid, const std::string& kind) {
    std::array<char, 64> target{};
    const auto path = "/proc/" + pid + "/ns/" + kind;
    const auto size = ::readlink(path.c_str(), target.data(), target.size());
    return size < 0 ? path : std::string(target.data(), static_cast<std::size_t>(size));
}

/// A file in a folder of the test's own, which the node sees too.
class Folder {
public:
    Folder() {
        std::string pattern = "/var/tmp/netlab-join-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
        ::chmod(path_.c_str(), 0755);
    }
    ~Folder() { shell_out("rm -rf " + path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::string& path() const { return path_; }
    std::string write(const std::string& name, const std::string& text, mode_t mode) const {
        const auto file = path_ + "/" + name;
        std::ofstream{file} << text;
        ::chmod(file.c_str(), mode);
        return file;
    }

private:
    static void shell_out(const std::string& command) {
        if (std::system(command.c_str()) != 0) {
            WARN("left behind: " + command);
        }
    }
    std::string path_;
};

} // namespace

TEST_CASE("a command is in all the namespaces of its node and in none of the caller's") {
    const StandIn node;
    for (const std::string kind : {"user", "pid", "mnt", "net", "ipc", "uts", "cgroup"}) {
        const auto outcome = outcome_of(node.shell("readlink /proc/self/ns/" + kind));
        CHECK(outcome.code == 0);
        CHECK(outcome.output == namespace_of(std::to_string(node.pid()), kind) + "\n");
        CHECK(outcome.output != namespace_of("self", kind) + "\n");
    }
}

TEST_CASE("a command is root of its node, under the node's name, with a small process id") {
    const StandIn node;
    CHECK(outcome_of(node.request({"hostname"})).output == "stand-in\n");
    CHECK(outcome_of(node.request({"id", "-u"})).output == "0\n");
    const auto pid = outcome_of(node.shell("echo $$")).output;
    CHECK(std::stoi(pid) > 1);
    CHECK(std::stoi(pid) < 100);
}

TEST_CASE("a command has a session of its own") {
    const StandIn node;
    const auto stat = outcome_of(node.shell("echo $$; cut -d' ' -f5,6,7 /proc/$$/stat")).output;
    const auto pid = stat.substr(0, stat.find('\n'));
    // Its process group and session are its own, and it has no terminal.
    CHECK(stat == pid + "\n" + pid + " " + pid + " 0\n");
}

TEST_CASE("exit codes and signals are those a shell reports") {
    const StandIn node;
    CHECK(outcome_of(node.request({"true"})).code == 0);
    CHECK(outcome_of(node.request({"false"})).code == 1);
    CHECK(outcome_of(node.shell("exit 77")).code == 77);
    CHECK(outcome_of(node.shell("exit 255")).code == 255);
    CHECK(outcome_of(node.shell("kill -TERM $$")).code == 128 + SIGTERM);
    CHECK(outcome_of(node.shell("kill -KILL $$")).code == 128 + SIGKILL);
}

TEST_CASE("a command that is not there is reported as 127") {
    const StandIn node;
    using Refusal = std::pair<int, std::string>;
    CHECK(refusal_of(node.request({"no-such-command"})) ==
          Refusal{127, "h1: no-such-command: not found"});
    CHECK(refusal_of(node.request({"/no/such/command"})) ==
          Refusal{127, "h1: /no/such/command: not found"});
    CHECK(refusal_of(node.request({""})) == Refusal{127, "h1: : not found"});
}

TEST_CASE("a command that cannot be executed is reported as 126") {
    const StandIn node;
    const Folder folder;
    using Refusal = std::pair<int, std::string>;
    const auto plain = folder.write("plain", "echo hello\n", 0644);
    CHECK(refusal_of(node.request({plain})) ==
          Refusal{126, "h1: " + plain + ": Permission denied"});
    CHECK(refusal_of(node.request({"/etc"})) == Refusal{126, "h1: /etc: Permission denied"});
    const auto orphan = folder.write("orphan", "#!/no/such/interpreter\n", 0755);
    CHECK(refusal_of(node.request({orphan})) ==
          Refusal{126, "h1: " + orphan + ": the interpreter that it names was not found"});
}

TEST_CASE("a script that names no interpreter is read by sh") {
    const StandIn node;
    const Folder folder;
    const auto script = folder.write("script", "echo \"$1\"\n", 0755);
    CHECK(outcome_of(node.request({script, "an argument"})).output == "an argument\n");
}

TEST_CASE("a node that has ended is reported, not entered") {
    UniqueFd pidfd;
    JoinRequest request;
    {
        const StandIn node;
        request = node.request({"true"});
        pidfd.reset(::dup(node.pidfd()));
        request.pidfd = pidfd.get();
    }
    CHECK(refusal_of(request) == std::pair<int, std::string>{1, "h1: the node is not running"});
}

TEST_CASE("the environment is the node's, and nothing of the caller's but its language") {
    const StandIn node;
    ::setenv("SECRET", "of the caller", 1);
    ::setenv("TERM", "of the caller", 1);
    ::setenv("LANG", "C.UTF-8", 1);
    ::setenv("LC_TIME", "C", 1);
    auto request = node.request({"env"});
    request.env = {{"COLOUR", "blue"}, {"HOME", "/elsewhere"}};
    const auto outcome = outcome_of(request);
    CHECK(outcome.output == "COLOUR=blue\n"
                            "HOME=/elsewhere\n"
                            "LANG=C.UTF-8\n"
                            "LC_TIME=C\n"
                            "LOGNAME=root\n"
                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
                            "SHELL=/bin/bash\n"
                            "USER=root\n");
}

TEST_CASE("the node's PATH is where its commands are looked for") {
    const StandIn node;
    const Folder folder;
    folder.write("greet", "#!/bin/sh\necho hello\n", 0755);
    auto request = node.request({"greet"});
    request.env = {{"PATH", "/no/such/folder:" + folder.path()}};
    CHECK(outcome_of(request).output == "hello\n");
    CHECK(refusal_of(node.request({"greet"})).first == 127);
}

TEST_CASE("a command has no descriptors but stdin, stdout and stderr") {
    const StandIn node;
    const UniqueFd leak{::open("/etc", O_RDONLY)}; // not closed on exec
    CHECK(outcome_of(node.shell("exec ls /proc/self/fd")).output == "0\n1\n2\n3\n");
}

TEST_CASE("a command has default signals and the usual umask") {
    const StandIn node;
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGUSR1, SIG_IGN);
    ::sigset_t blocked;
    ::sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto mask = ::umask(077);
    const auto outcome =
        outcome_of(node.request({"grep", "-E", "^(SigBlk|SigIgn|Umask):", "/proc/self/status"}));
    ::umask(mask);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGUSR1, SIG_DFL);
    CHECK(outcome.output == "Umask:\t0022\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a command does not see the keys of its caller's session") {
    const StandIn node;
    TestPipe out;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
        ::syscall(SYS_add_key, "user", "netlab-secret", "x", 1, KEY_SPEC_SESSION_KEYRING);
        ::dup2(out.to.get(), 1);
        const auto seek = fmt::format("perl -e 'my ($kind, $name) = @ARGV; "
                                      "print syscall({}, {}, {}, $kind, $name, 0) > 0 ? \"yes \" : "
                                      "\"no \"' user netlab-secret",
                                      SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING);
        const int seen_here = std::system(seek.c_str());
        const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
        auto command =
            start_in_node(node.shell(seek), {nothing.get(), out.to.get(), nothing.get()});
        std::_Exit(seen_here == 0 ? command.wait() : 99);
    }
    Child client{pid};
    out.to.reset();
    CHECK(read_until(out.from.get()) == "yes no ");
    CHECK(client.wait() == 0);
}

TEST_CASE("the working directory is the node's, else the caller's if the node sees it, else /") {
    const StandIn node;
    const Folder folder;
    auto request = node.request({"pwd"});
    request.workdir = "/usr/share";
    CHECK(outcome_of(request).output == "/usr/share\n");
    request.workdir = "/no/such/folder";
    CHECK(refusal_of(request) ==
          std::pair<int, std::string>{
              126,
              "h1: cannot enter its working directory /no/such/folder: No such file or directory"});

    const UniqueFd home{::open(".", O_RDONLY | O_DIRECTORY)};
    REQUIRE(::chdir(folder.path().c_str()) == 0);
    CHECK(outcome_of(node.request({"pwd"})).output == folder.path() + "\n");
    REQUIRE(::chdir("/tmp") == 0); // the node has a /tmp of its own
    CHECK(outcome_of(node.request({"pwd"})).output == "/\n");
    REQUIRE(::fchdir(home.get()) == 0);
}

TEST_CASE("a user who is not mapped in the node is refused with the reason") {
    const StandIn node;
    auto request = node.request({"id"});
    request.user = "nobody";
    const auto [code, text] = refusal_of(request);
    CHECK(code == 126);
    CHECK(text.find("h1: user \"nobody\" (uid 65534") == 0);
    CHECK(text.find("/etc/subuid") != std::string::npos);
    request.user = "nosuchuser";
    CHECK(
        refusal_of(request) ==
        std::pair<int, std::string>{126, "h1: there is no user \"nosuchuser\" in its /etc/passwd"});
}

TEST_CASE("output of many megabytes and of every byte arrives whole") {
    const StandIn node;
    const auto outcome = outcome_of(node.shell("head -c 20000000 /dev/zero; printf '\\0\\377\\n'"));
    CHECK(outcome.output.size() == 20'000'003);
    CHECK(outcome.output.substr(20'000'000) == std::string("\0\377\n", 3));
}

TEST_CASE("stdin is passed straight through") {
    const StandIn node;
    const std::string bytes("one\0two\n\xff", 9);
    CHECK(outcome_of(node.request({"cat"}), bytes).output == bytes);
}

TEST_CASE("a writer sees that its reader has gone") {
    const StandIn node;
    TestPipe out;
    const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    auto yes = start_in_node(node.request({"yes"}), {nothing.get(), out.to.get(), nothing.get()});
    out.to.reset();
    read_until(out.from.get(), "y\n");
    out.from.reset();
    CHECK(yes.wait() == 128 + SIGPIPE);
}

TEST_CASE("a signal reaches the command and its children at any time") {
    const StandIn node;
    const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    const CommandStdio stdio{nothing.get(), nothing.get(), nothing.get()};
    auto early = start_in_node(node.request({"sleep", "100"}), stdio);
    early.send_signal(SIGTERM);
    CHECK(early.wait() == 128 + SIGTERM);
    TestPipe out;
    auto late = start_in_node(node.shell("sleep 100 & echo ready; wait; exit 3"),
                              {nothing.get(), out.to.get(), nothing.get()});
    out.to.reset();
    CHECK(read_until(out.from.get(), "ready") == "ready\n");
    late.send_signal(SIGTERM);
    CHECK(late.wait() == 128 + SIGTERM);
    CHECK(read_until(out.from.get()).empty()); // the sleep has let go of the pipe, too
}

TEST_CASE("a command ends when its client is killed") {
    const StandIn node;
    TestPipe out;
    const pid_t pid = ::fork();
    if (pid == 0) {
        const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
        auto command = start_in_node(node.shell("echo here; exec sleep 1000"),
                                     {nothing.get(), out.to.get(), nothing.get()});
        std::_Exit(command.wait());
    }
    Child client{pid};
    out.to.reset();
    REQUIRE(read_until(out.from.get(), "here") == "here\n");
    ::kill(client.pid(), SIGKILL);
    // The last holders of the pipe are the command and the process between: end-of-file says that
    // both have gone.
    CHECK(read_until(out.from.get()).empty());
    // A process closes its files before it is gone.
    const auto gone = node.shell("for i in $(seq 200); do grep -qs ^sleep /proc/[0-9]*/comm || "
                                 "exit 0; sleep 0.1; done; exit 1");
    CHECK(outcome_of(gone).code == 0);
}

TEST_CASE("a stopped client does not hold up the end of a node") {
    TestPipe out;
    pid_t pid = -1;
    {
        const StandIn node;
        pid = ::fork();
        if (pid == 0) {
            const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
            auto command = start_in_node(node.shell("echo here; exec sleep 1000"),
                                         {nothing.get(), out.to.get(), nothing.get()});
            std::_Exit(command.wait());
        }
        out.to.reset();
        REQUIRE(read_until(out.from.get(), "here") == "here\n");
        ::kill(pid, SIGSTOP);
        // The node's PID 1 ends only when every process in its PID namespace has been reaped.
    }
    Child client{pid};
    ::kill(client.pid(), SIGCONT);
    CHECK(client.wait() == 128 + SIGKILL);
}

} // namespace netlab::test
