#include "two_nodes.h"

#include "support/catch.h"
#include "support/golden.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"
#include "sys/text_file.h"

#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace netlab::test {

namespace {

UniqueFd open_end(const Neighbour& node, std::uint32_t mtu, std::uint8_t number) {
    const ScopedNetns there{node.pid()};
    return open_tap({"wire0", 0, MacAddress{{2, 0, 0, 0, 0, number}}, mtu});
}

void configure(const Neighbour& node, int own, int other) {
    const auto self = std::to_string(own);
    const auto peer = std::to_string(other);
    const auto done = shell_in(
        node, "sysctl -qw net.ipv6.conf.wire0.addr_gen_mode=1 net.ipv6.conf.wire0.accept_dad=0"
              " net.ipv6.conf.wire0.router_solicitations=0;"
              " ip address add 10.0.0." +
                  self +
                  "/24 dev wire0 &&"
                  " ip address add fd00::" +
                  self +
                  "/64 dev wire0 nodad &&"
                  " ip link set lo up && ip link set wire0 up &&"
                  " ip neigh replace 10.0.0." +
                  peer + " lladdr 02:00:00:00:00:0" + peer +
                  " dev wire0 nud permanent &&"
                  " ip neigh replace fd00::" +
                  peer + " lladdr 02:00:00:00:00:0" + peer + " dev wire0 nud permanent");
    INFO(done.output);
    REQUIRE(done.code == 0);
}

} // namespace

TwoNodes::TwoNodes(std::uint32_t mtu) : taps_{open_end(left_, mtu, 1), open_end(right_, mtu, 2)} {
    configure(left_, 1, 2);
    configure(right_, 2, 1);
}

void TwoNodes::carrier(bool on) {
    set_tap_carrier(taps_[0], on);
    set_tap_carrier(taps_[1], on);
}

void TwoNodes::send_from_left(const std::string& frame) const {
    const ScopedNetns there{left_.pid()};
    const UniqueFd socket{
        check(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "make a packet socket")};
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex("wire0"));
    ::sendto(socket.get(), frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&to),
             sizeof to);
}

std::vector<int> answered_pings(const TwoNodes& nodes, int count, const std::string& options) {
    const auto result =
        shell_in(nodes.left(), "ping -n -c " + std::to_string(count) + " " + options + " 10.0.0.2");
    std::vector<int> answered;
    std::istringstream lines{result.output};
    for (std::string line; std::getline(lines, line);) {
        const auto place = line.find("icmp_seq=");
        if (place != std::string::npos && line.find("time=") != std::string::npos) {
            answered.push_back(std::stoi(line.substr(place + 9)));
        }
    }
    return answered;
}

bool sent_by_tcp(const TwoNodes& nodes, int bytes) {
    const auto count = std::to_string(bytes);
    CommandResult received;
    const auto script = source_path("tests/packet/tcp.py") + " ";
    std::thread server{[&] { received = shell_in(nodes.right(), script + "receive " + count); }};
    const auto sent = shell_in(nodes.left(), script + "send " + count);
    server.join();
    UNSCOPED_INFO(sent.output << received.output);
    return sent.code == 0 && received.code == 0;
}

std::uint64_t received_packets(const Neighbour& node) {
    const auto all = shell_in(node, "cat /proc/net/dev").output;
    std::istringstream counters{all.substr(all.find("wire0:") + 6)};
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    counters >> bytes >> packets;
    return packets;
}

bool eventually(const std::function<bool()>& true_now) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!true_now()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

bool is_zombie(pid_t pid) {
    const auto status = read_file_or("/proc/" + std::to_string(pid) + "/stat", "");
    return status.find(") Z ") != std::string::npos;
}

bool sleeps_on(pid_t pid) {
    const auto switches = [&] {
        const auto status = read_file_or("/proc/" + std::to_string(pid) + "/status", "");
        return status.substr(status.find("voluntary_ctxt_switches"));
    };
    const auto before = switches();
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    return switches() == before;
}

ReapedWires::ReapedWires(FrameCalls calls)
    : process_(WireProcess::start("wires of a test", calls)) {}

ReapedWires::~ReapedWires() {
    ::kill(process_.pid(), SIGKILL);
    ::waitpid(process_.pid(), nullptr, 0);
}

} // namespace netlab::test
