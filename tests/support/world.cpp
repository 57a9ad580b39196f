#include "support/world.h"

#define CATCH_CONFIG_RUNNER // Catch2 v2: this file brings the runner
#include "support/catch.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

[[noreturn]] void refuse(const char* step) {
    std::fprintf(stderr,
                 "kernel tests need a world of their own, and this host refuses it: %s: %s\n"
                 "(are unprivileged user namespaces allowed? kernel.unprivileged_userns_clone, "
                 "user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)\n",
                 step, std::strerror(errno));
    std::_Exit(1);
}

void require(bool done, const char* step) {
    if (!done) {
        refuse(step);
    }
}

void write_file(const char* path, const std::string& text) {
    std::ofstream file{path};
    file << text << std::flush;
    require(static_cast<bool>(file), path);
}

void enter_world() {
    const auto uid = ::getuid();
    const auto gid = ::getgid();
    require(::unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS |
                      CLONE_NEWIPC) == 0,
            "unshare");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
    write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

/// The world's PID 1: reaps what tests leave behind and passes the result on.
int wait_for(pid_t tests) {
    int result = 1;
    int status = 0;
    for (pid_t pid = 0; (pid = ::wait(&status)) > 0;) {
        if (pid == tests) {
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            break;
        }
    }
    return result;
}

int run_in_world(const std::function<int()>& tests) {
    // An ordinary user's PATH may lack what tests ask for a second opinion: bridge, sysctl, nft.
    ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    enter_world();
    const pid_t init = ::fork();
    require(init >= 0, "fork");
    if (init > 0) {
        std::_Exit(wait_for(init));
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make / private");
    require(::mount("proc", "/proc", "proc", 0, nullptr) == 0, "mount /proc");
    const pid_t child = ::fork();
    require(child >= 0, "fork");
    if (child > 0) {
        std::_Exit(wait_for(child));
    }
    return tests();
}

} // namespace

Neighbour::Neighbour() {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0 || (pid_ = ::fork()) < 0) {
        throw std::runtime_error{"cannot fork a neighbour"};
    }
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const char state = ::unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) == 0 ? '+' : '-';
        if (::write(ready[1], &state, 1) != 1) {
            std::_Exit(1);
        }
        ::close(ready[0]);
        ::close(ready[1]);
        for (;;) {
            ::pause();
        }
    }
    char state = '-';
    const auto got = ::read(ready[0], &state, 1);
    ::close(ready[0]);
    ::close(ready[1]);
    if (got != 1 || state != '+') {
        throw std::runtime_error{"a neighbour cannot have its own network namespace"};
    }
}

Neighbour::~Neighbour() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

CommandResult shell(const std::string& command) {
    CommandResult result;
    std::FILE* pipe = ::popen(("exec 2>&1; " + command).c_str(), "re");
    if (pipe == nullptr) {
        throw std::runtime_error{"cannot run a shell"};
    }
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        result.output.append(buffer.data(), n);
    }
    const int status = ::pclose(pipe);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

CommandResult shell_in(const Neighbour& neighbour, const std::string& command) {
    return shell("nsenter --net=/proc/" + std::to_string(neighbour.pid()) + "/ns/net sh -c '" +
                 command + "'");
}

} // namespace netlab::test

int main(int argc, char** argv) {
    return netlab::test::run_in_world([&] { return Catch::Session{}.run(argc, argv); });
}
