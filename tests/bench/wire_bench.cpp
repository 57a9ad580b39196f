// Wires between two network namespaces, and small packets, for wire_bench.py to measure.
//
// Usage: bench_wire ends PID_A PID_B COUNT [one-way] [KEY=VALUE…]
//        bench_wire flood ADDRESS SECONDS
//
// `ends` makes wire0, wire1, … in both, joins them pairwise with these properties in both
// directions (or what enters at A only), prints the pid of the process of the wires, and stays
// until its stdin ends. `flood` sends UDP datagrams of 64 bytes as fast as sendmmsg(2) takes them,
// which iperf3 does not.

#include "packet/tap.h"
#include "packet/wire_process.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace netlab;

std::vector<UniqueFd> open_ends(pid_t node, int count) {
    const ScopedNetns there{node};
    std::vector<UniqueFd> ends;
    for (int i = 0; i < count; ++i) {
        ends.push_back(open_tap({fmt::format("wire{}", i), 0, {}, 1500}));
    }
    return ends;
}

BothWays<Impairment> read_properties(int argc, char** argv) {
    Impairment all;
    bool one_way = false;
    for (int i = 5; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "one-way") {
            one_way = true;
            continue;
        }
        const auto sign = word.find('=');
        if (const auto refusal = set_property(all, word.substr(0, sign), word.substr(sign + 1))) {
            throw std::invalid_argument(refusal->key + " " + refusal->message);
        }
    }
    return {all, one_way ? Impairment{} : all};
}

void hold_ends(int argc, char** argv) {
    const auto properties = read_properties(argc, argv);
    const int count = std::stoi(argv[4]);
    const auto a = open_ends(std::stoi(argv[2]), count);
    const auto b = open_ends(std::stoi(argv[3]), count);
    // NETLAB_BENCH_CALLS=single: as if there were no io_uring.
    const char* calls = std::getenv("NETLAB_BENCH_CALLS");
    auto wires = WireProcess::start(
        "bench: wires", calls != nullptr && std::string{calls} == "single" ? FrameCalls::single
                                                                           : FrameCalls::batched);
    for (std::size_t i = 0; i < a.size(); ++i) {
        wires.connect(static_cast<WireId>(i), a[i], b[i], properties);
        set_tap_carrier(a[i], true);
        set_tap_carrier(b[i], true);
    }
    std::printf("%d\n", wires.pid());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
}

void flood(const char* address, std::chrono::seconds duration) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    ::inet_pton(AF_INET, address, &to.sin_addr);
    const UniqueFd socket{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket")};
    check(::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), "set an address");
    std::array<char, 64> payload{};
    iovec content{payload.data(), payload.size()};
    std::array<mmsghdr, 64> messages{};
    for (auto& message : messages) {
        message.msg_hdr.msg_iov = &content;
        message.msg_hdr.msg_iovlen = 1;
    }
    const auto end = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < end) {
        // Refused where nobody listens: the datagrams arrive all the same.
        ::sendmmsg(socket.get(), messages.data(), messages.size(), 0);
    }
}

void run(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "ends" && argc > 4) {
        hold_ends(argc, argv);
    } else if (what == "flood" && argc == 4) {
        flood(argv[2], std::chrono::seconds{std::stoi(argv[3])});
    } else {
        throw std::invalid_argument("usage: bench_wire ends PID_A PID_B COUNT [one-way] "
                                    "[KEY=VALUE…] | flood ADDRESS SECONDS");
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_wire: %s\n", error.what());
        return 1;
    }
}
