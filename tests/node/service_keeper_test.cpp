#include "node/service_keeper.h"
#include "support/catch.h"
#include "sys/check.h"
#include "sys/process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

ServiceSpec service(const std::string& name, const std::string& script) {
    ServiceSpec spec;
    spec.name = name;
    spec.argv = {"/bin/sh", "-c", script};
    spec.within = 20s;
    spec.stop_timeout = 20s;
    return spec;
}

void set_loopback_up() {
    const UniqueFd socket{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket")};
    ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    check(::ioctl(socket.get(), SIOCSIFFLAGS, &request), "set lo up");
}

/// A process that is PID 1 of a PID namespace and keeps services, as in a node.
class KeptNode {
public:
    explicit KeptNode(const std::vector<ServiceSpec>& specs)
        : memory_{ServiceBoard::make(specs.size(), 128UL << 10U)},
          board_{memory_.get(), specs.size(), ServiceBoard::Access::read},
          line_{ServiceLine::open()} {
        const auto clone = clone_process(CLONE_NEWPID | CLONE_NEWNS);
        pid_ = check(clone.pid, "clone");
        if (pid_ == 0) {
            live(specs);
        }
        line_.node.reset();
        for (std::size_t i = 0; i < specs.size(); ++i) {
            readers_.push_back(board_.reader(i));
        }
    }
    ~KeptNode() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    KeptNode(const KeptNode&) = delete;
    KeptNode& operator=(const KeptNode&) = delete;

    ServiceState state(std::size_t i = 0) const { return board_.status(i).state; }
    const ServiceStatus& status(std::size_t i = 0) const { return board_.status(i); }

    /// Everything that is in the log, notes among it.
    const std::string& log(std::size_t i = 0) {
        for (const auto& piece : readers_[i].read()) {
            logs_.resize(std::max(logs_.size(), i + 1));
            logs_[i] += piece.bytes;
        }
        logs_.resize(std::max(logs_.size(), i + 1));
        return logs_[i];
    }

    bool wait(const std::function<bool()>& condition) const {
        const auto deadline = steady_clock::now() + 30s;
        while (!condition()) {
            if (steady_clock::now() > deadline) {
                return false;
            }
            std::this_thread::sleep_for(5ms);
        }
        return true;
    }
    bool becomes(ServiceState wanted, std::size_t i = 0) const {
        return wait([&] { return state(i) == wanted; });
    }

    /// What came of an order; "no answer" after a while.
    std::string order(ServiceOrder::Verb verb, std::uint32_t service = ServiceOrder::whole_node,
                      std::chrono::milliseconds patience = 0ms) {
        REQUIRE(send_order(line_.supervisor.get(), {++number_, verb, service, patience}));
        const auto deadline = steady_clock::now() + 40s;
        while (steady_clock::now() < deadline) {
            bool gone = false;
            if (const auto outcome = receive_outcome(line_.supervisor.get(), gone)) {
                CHECK(outcome->number == number_);
                return outcome->failure;
            }
            std::this_thread::sleep_for(5ms);
        }
        return "no answer";
    }
    std::string start() { return order(ServiceOrder::Verb::start); }
    std::string stop(std::chrono::milliseconds patience = 0ms) {
        return order(ServiceOrder::Verb::stop, ServiceOrder::whole_node, patience);
    }

private:
    [[noreturn]] void live(const std::vector<ServiceSpec>& specs) {
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        ::mount("proc", "/proc", "proc", 0, nullptr);
        set_loopback_up();
        ServiceKeeper keeper{specs,
                             ServiceBoard{memory_.get(), specs.size(), ServiceBoard::Access::write},
                             std::move(line_.node)};
        Report report;
        try {
            if (::getenv("NETLAB_TEST_ORDERS_ONLY") == nullptr) {
                keeper.start_all(report);
            }
        } catch (const std::exception&) {
            // A node ends here; this one waits for its orders.
        }
        keeper.keep_forever();
    }

    UniqueFd memory_;
    ServiceBoard board_;
    ServiceLine line_;
    std::vector<LogReader> readers_;
    std::vector<std::string> logs_;
    std::uint32_t number_ = 0;
    pid_t pid_ = -1;
};

} // namespace

TEST_CASE("a service runs with its environment, in its directory, in a session of its own") {
    auto spec = service("s", "echo $ROLE $(pwd) >&2; test $(ps -o sid= -p $$) = $$ && echo own; "
                             "ls /proc/self/fd | wc -l; exec sleep 100");
    spec.env = {{"ROLE", "client"}};
    spec.workdir = "/usr";
    KeptNode node{{spec}};
    CHECK(node.becomes(ServiceState::ready));
    CHECK(node.wait([&] { return node.log().find("client /usr\n") != std::string::npos; }));
    CHECK(node.wait([&] { return node.log().find("own\n") != std::string::npos; }));
    CHECK(node.status().pid > 1);
    CHECK(node.log().find("started, pid ") == 0);
}

TEST_CASE("a service that ends well is ended, one that does not is failed, and why is in its log") {
    KeptNode node{{service("well", "echo bye"), service("ill", "sleep 0.3; echo oh; exit 3")}};
    CHECK(node.becomes(ServiceState::ended, 0));
    CHECK(node.becomes(ServiceState::failed, 1));
    CHECK(node.status(1).exit_status == W_EXITCODE(3, 0));
    CHECK(node.log(0).find("bye\n") != std::string::npos);
    CHECK(node.log(1).find("ended with exit code 3") != std::string::npos);
    CHECK(node.status(1).pid == 0);
}

TEST_CASE("a command that there is not fails its service at once, and the log says so") {
    auto spec = service("s", "");
    spec.argv = {"no-such-program"};
    KeptNode node{{spec}};
    CHECK(node.becomes(ServiceState::failed));
    CHECK(node.log().find("no-such-program") != std::string::npos);
    CHECK(node.log().find("exit code 127") != std::string::npos);
}

/// From now on this process cannot be forked, as where a limit on processes is reached.
void refuse_forks() {
    std::array<sock_filter, 4> program{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter{program.size(), program.data()};
    check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges");
    check(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), "refuse forks");
}

/// Why a service is not started by a process that cannot fork.
int start_without_fork() {
    ::alarm(20);
    const std::vector<ServiceSpec> specs{service("s", "sleep 100")};
    const auto memory = ServiceBoard::make(1, 128UL << 10U);
    auto line = ServiceLine::open();
    ServiceKeeper keeper{specs, ServiceBoard{memory.get(), 1, ServiceBoard::Access::write},
                         std::move(line.node)};
    refuse_forks();
    Report report;
    try {
        keeper.start_all(report);
    } catch (const std::runtime_error& error) {
        return error.what() == std::string{"could not be started: cannot fork for s: Resource "
                                           "temporarily unavailable"}
                   ? 0
                   : 1;
    }
    return 2;
}

TEST_CASE("a service that cannot even be forked fails at once, and it is said why") {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(start_without_fork());
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("what ends is started again by its policy, after longer and longer pauses") {
    auto always = service("always", "echo once");
    always.restart = ServiceSpec::Restart::always;
    auto on_failure = service("on-failure", "exit 1");
    on_failure.restart = ServiceSpec::Restart::on_failure;
    auto well = service("well", "exit 0");
    well.restart = ServiceSpec::Restart::on_failure;
    KeptNode node{{always, on_failure, well}};
    CHECK(node.wait([&] { return node.status(0).restarts >= 3 && node.status(1).restarts >= 3; }));
    CHECK(node.log(0).find("started again in 100 ms") != std::string::npos);
    CHECK(node.log(0).find("started again in 200 ms") != std::string::npos);
    CHECK(node.log(1).find("started again in 400 ms") != std::string::npos);
    CHECK(node.status(2).restarts == 0);
    CHECK(node.state(2) == ServiceState::ended);
}

TEST_CASE(
    "a service is ready when its port takes connections, its command ends well, its log says so") {
    auto port = service("port", "sleep 0.3; exec python3 -m http.server --bind 127.0.0.1 8061");
    port.ready = TcpReadiness{{"127.0.0.1", "::1"}, 8061};
    auto asked = service("asked", "sleep 0.3; : >/tmp/netlab-asked-$$; exec sleep 100");
    asked.argv = {"/bin/sh", "-c", "sleep 0.3; echo $$ >\"$MARK\"; exec sleep 100"};
    const auto mark = fmt::format("/tmp/netlab-mark-{}", ::getpid());
    asked.env = {{"MARK", mark}};
    asked.ready = CommandReadiness{{"/bin/sh", "-c", "test -s \"$MARK\""}};
    auto says = service("says", "printf 'now rea'; sleep 0.3; printf 'dy\\n'; exec sleep 100");
    says.ready = LogReadiness{"now ready"};
    KeptNode node{{port, asked, says}};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(node.becomes(ServiceState::ready, i));
        CHECK(node.log(i).find("is ready\n") != std::string::npos);
    }
    ::unlink(mark.c_str());
}

TEST_CASE("what is asked whether a service is ready may print more than a pipe holds") {
    auto spec = service("s", "exec sleep 100");
    spec.ready = CommandReadiness{{"/bin/sh", "-c", "yes | head -c 3000000"}};
    KeptNode node{{spec}};
    CHECK(node.becomes(ServiceState::ready));
    spec.ready = CommandReadiness{{"/bin/sh", "-c", "yes | head -c 3000000; echo not yet; exit 1"}};
    spec.within = 1s;
    KeptNode other{{spec}};
    CHECK(other.becomes(ServiceState::starting));
    CHECK(other.start().find("y\nnot yet") != std::string::npos);
}

TEST_CASE("what does not become ready in time is told with the end of its log") {
    auto spec = service("s", "echo trying; exec sleep 100");
    spec.ready = TcpReadiness{{"127.0.0.1"}, 8062};
    spec.within = 300ms;
    KeptNode node{{spec}};
    CHECK(node.becomes(ServiceState::starting));
    const auto failure = node.start();
    CHECK(failure.find("not ready within 300 ms") != std::string::npos);
    CHECK(failure.find("TCP port 8062") != std::string::npos);
    CHECK(failure.find("trying") != std::string::npos);
}

TEST_CASE("a service ends by its own signal, and by SIGKILL if it does not") {
    auto polite = service("polite", "trap 'echo asked; exit 0' QUIT; while :; do sleep 0.05; done");
    polite.stop_signal = SIGQUIT;
    auto deaf = service("deaf", "trap '' TERM; echo deaf; while :; do sleep 1; done");
    deaf.stop_timeout = 300ms;
    KeptNode node{{polite, deaf}};
    CHECK(node.becomes(ServiceState::ready, 0));
    CHECK(node.becomes(ServiceState::ready, 1));
    CHECK(node.wait([&] { return node.log(1).find("deaf\n") != std::string::npos; }));
    CHECK(node.order(ServiceOrder::Verb::stop, 0).empty());
    CHECK(node.state(0) == ServiceState::stopped);
    CHECK(node.state(1) == ServiceState::ready);
    CHECK(node.log(0).find("asked\n") != std::string::npos);
    CHECK(node.order(ServiceOrder::Verb::stop, 1).empty());
    CHECK(node.state(1) == ServiceState::stopped);
    CHECK(node.log(1).find("killed") != std::string::npos);
    CHECK(node.start().empty());
    CHECK(node.state(0) == ServiceState::ready);
    CHECK(node.state(1) == ServiceState::ready);
}

TEST_CASE("to stop a node ends daemons that have left their service, too") {
    auto spec =
        service("s", "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & exec sleep 100");
    KeptNode node{{spec}};
    CHECK(node.becomes(ServiceState::ready));
    CHECK(node.stop(500ms).empty());
    CHECK(node.state() == ServiceState::stopped);
    CHECK(node.stop().empty()); // there is nothing left to end
    CHECK(node.start().empty());
    CHECK(node.becomes(ServiceState::ready));
}

TEST_CASE("a flood of output neither stops its service nor grows its log") {
    auto flood = service("flood", "head -c 300000000 /dev/zero; echo done >&2; exec sleep 100");
    flood.ready = LogReadiness{"done"};
    flood.within = 60s;
    KeptNode node{{flood, service("quiet", "echo here; exec sleep 100")}};
    CHECK(node.becomes(ServiceState::ready, 1));
    CHECK(node.becomes(ServiceState::ready, 0));
    CHECK(node.log(0).size() <= 128UL << 10U);
    CHECK(node.log(1).find("here\n") != std::string::npos);
}

} // namespace netlab::test
