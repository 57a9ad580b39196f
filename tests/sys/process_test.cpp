#include "support/catch.h"
#include "sys/check.h"
#include "sys/process.h"
#include "sys/text_file.h"

#include <array>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

using namespace std::chrono_literals;

TEST_CASE("a failed call throws what was attempted and why; a good one gives its result") {
    try {
        check(::open("/no/such", O_RDONLY), "open the {} of {}", "door", 7);
        FAIL("it did not throw");
    } catch (const std::system_error& error) {
        CHECK(std::string{error.what()} == "cannot open the door of 7: No such file or directory");
        CHECK(error.code().value() == ENOENT);
    }
    CHECK(check(5, "count") == 5);
}

TEST_CASE("a clone is PID 1 of a PID namespace, and its pidfd tells its end") {
    const auto clone = clone_process(CLONE_NEWPID, true);
    REQUIRE(clone.pid >= 0);
    if (clone.pid == 0) {
        ::usleep(100'000);
        ::_exit(::getpid() == 1 ? 42 : 1);
    }
    CHECK_FALSE(wait_for_end(clone.pidfd, 1ms));
    CHECK(wait_for_end(clone.pidfd, 10s));
    int status = 0;
    CHECK(::waitpid(clone.pid, &status, 0) == clone.pid);
    CHECK(WEXITSTATUS(status) == 42);
}

TEST_CASE("a program's exit code and its complaint come back") {
    std::string complaint;
    CHECK(run_program({"sh", "-c", "echo out; echo no >&2; exit 3"}, complaint) == 3);
    CHECK(complaint == "no\n");
    CHECK(run_program({"no-such-program"}, complaint) == 127);
    CHECK(run_program({"sh", "-c", "kill -9 $$"}, complaint) == 128 + SIGKILL);
}

TEST_CASE("a process that was given a title shows that and nothing of its environment") {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        // As the kernel laid them out for this program: an environment behind one argument.
        std::array<char*, 2> arguments{program_invocation_name, nullptr};
        remember_arguments(1, arguments.data());
        retitle_process("netlab: h1");
        const bool bare = read_file("/proc/self/environ").find('=') == std::string::npos;
        const bool titled = read_file("/proc/self/comm") == "netlab: h1\n";
        ::_exit(bare && titled ? 0 : 1);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
}

} // namespace netlab::test
