#include "join_stand_in.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

void write_map(pid_t pid, const char* name, const char* text) {
    std::ofstream file{"/proc/" + std::to_string(pid) + "/" + name};
    if (!(file << text << std::flush)) {
        throw std::runtime_error{std::string{"cannot write "} + name};
    }
}

bool furnish() {
    return ::sethostname("stand-in", 8) == 0 &&
           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
           ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) == 0 &&
           ::mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620") == 0 &&
           ::mount("/dev/pts/ptmx", "/dev/ptmx", nullptr, MS_BIND, nullptr) == 0;
}

[[noreturn]] void be_init(int mapped, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 0;
    if (::read(mapped, &byte, 1) != 1) {
        std::_Exit(1);
    }
    byte = furnish() ? '+' : '-';
    ::signal(SIGCHLD, SIG_IGN);
    ::syscall(SYS_keyctl, 1, nullptr);
    if (::write(ready, &byte, 1) != 1) {
        std::_Exit(1);
    }
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    for (;;) {
        ::pause();
    }
}

} // namespace

TestPipe::TestPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error{"cannot make a pipe"};
    }
    from.reset(ends[0]);
    to.reset(ends[1]);
}

StandIn::StandIn() {
    TestPipe mapped;
    TestPipe ready;
    int pidfd = -1;
    ::clone_args args{};
    args.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                 CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD;
    args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    args.exit_signal = SIGCHLD;
    pid_ = static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
    if (pid_ == 0) {
        be_init(mapped.from.get(), ready.to.get());
    }
    if (pid_ < 0) {
        throw std::runtime_error{"cannot clone a stand-in"};
    }
    pidfd_.reset(pidfd);
    write_map(pid_, "setgroups", "deny");
    write_map(pid_, "uid_map", "0 0 1");
    write_map(pid_, "gid_map", "0 0 1");
    char byte = '+';
    if (::write(mapped.to.get(), &byte, 1) != 1 || ::read(ready.from.get(), &byte, 1) != 1 ||
        byte != '+') {
        throw std::runtime_error{"cannot furnish a stand-in"};
    }
}

StandIn::~StandIn() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

JoinRequest StandIn::request(std::vector<std::string> argv) const {
    JoinRequest request;
    request.pidfd = pidfd_.get();
    request.argv = std::move(argv);
    request.node_name = "h1";
    return request;
}

std::string read_until(int fd, const std::string& stop) {
    std::string text;
    std::array<char, 65536> bytes{};
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < deadline) {
        ::pollfd polled{fd, POLLIN, 0};
        if (::poll(&polled, 1, 100) <= 0) {
            continue;
        }
        const auto got = ::read(fd, bytes.data(), bytes.size());
        if (got <= 0) {
            break;
        }
        text.append(bytes.data(), static_cast<std::size_t>(got));
        if (!stop.empty() && text.find(stop) != std::string::npos) {
            break;
        }
    }
    return text;
}

Outcome outcome_of(const JoinRequest& request, const std::string& input) {
    TestPipe in;
    TestPipe out;
    if (::write(in.to.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
        throw std::runtime_error{"cannot fill a pipe"};
    }
    in.to.reset();
    auto command = start_in_node(request, {in.from.get(), out.to.get(), out.to.get()});
    out.to.reset();
    Outcome outcome;
    outcome.output = read_until(out.from.get());
    outcome.code = command.wait();
    return outcome;
}

Child::~Child() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

int Child::wait() {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < deadline) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        std::this_thread::sleep_for(5ms);
    }
    return -1;
}

} // namespace netlab::test
