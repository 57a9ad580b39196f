#include "packet/frame_io.h"
#include "support/catch.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"
#include "two_nodes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <liburing.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace netlab::test {

namespace {

bool kernel_has_io_uring() {
    io_uring ring{};
    if (::io_uring_queue_init(1, &ring, 0) != 0) {
        return false;
    }
    ::io_uring_queue_exit(&ring);
    return true;
}

/// For the calling thread and what it starts. Returns whether that could be done.
bool forbid_io_uring() {
    std::array<sock_filter, 4> filter{{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                                       {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_io_uring_setup},
                                       {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
                                       {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}}};
    const sock_fprog program{filter.size(), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 && !kernel_has_io_uring();
}

/// Whether a process has an io_uring open.
bool uses_io_uring(pid_t pid) {
    const std::filesystem::directory_iterator files{"/proc/" + std::to_string(pid) + "/fd"};
    return std::any_of(begin(files), end(files), [](const auto& file) {
        std::error_code gone;
        return std::filesystem::read_symlink(file, gone) == "anon_inode:[io_uring]";
    });
}

/// A frame that no kernel speaks: `number` in its last byte.
std::string numbered_frame(int number) {
    std::string frame("\2\0\0\0\0\2\2\0\0\0\0\1\x88\xb5", 14);
    frame.append(46, 'x');
    frame.back() = static_cast<char>(number);
    return frame;
}

bool is_numbered(VirtioFrame frame) {
    return frame.size() == virtio_header_size + 60 &&
           frame[virtio_header_size + 12] == std::byte{0x88} &&
           frame[virtio_header_size + 13] == std::byte{0xb5};
}

/// The numbers of those frames that came, in order; the kernel's own are passed over.
std::vector<int> numbers(std::span<const FrameCall> calls) {
    std::vector<int> found;
    for (const auto& call : calls) {
        if (is_numbered(call.frame)) {
            found.push_back(std::to_integer<int>(call.frame.back()));
        }
    }
    return found;
}

std::vector<int> from_to(int first, int last) {
    std::vector<int> all(static_cast<std::size_t>(last - first + 1));
    std::iota(all.begin(), all.end(), first);
    return all;
}

/// A packet socket that keeps what arrives at wire0.
UniqueFd numbered_frames_at(const Neighbour& node) {
    const ScopedNetns there{node.pid()};
    UniqueFd socket{
        check(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(0x88b5)), "make a packet socket")};
    return socket;
}

std::vector<int> received_numbers(const UniqueFd& socket, std::size_t count) {
    std::vector<int> found;
    pollfd waiting{socket.get(), POLLIN, 0};
    while (found.size() < count && ::poll(&waiting, 1, 10'000) == 1) {
        std::array<char, 100> frame{};
        const auto size = ::recv(socket.get(), frame.data(), frame.size(), 0);
        found.push_back(size == 60 ? frame[59] : -1);
    }
    return found;
}

/// With a carrier, and past the moment until which the kernel throws away what is sent.
void plug_in(TwoNodes& nodes) {
    nodes.carrier(true);
    REQUIRE(eventually([&] {
        return shell_in(nodes.left(), "ip link show wire0").output.find("state UP") !=
               std::string::npos;
    }));
}

/// Reads until nothing waits at `tap`.
void drain(FrameIo& io, int tap) {
    for (bool more = true; more;) {
        io.ask(tap, FrameIo::most);
        more = io.read().back().result > 0;
    }
}

} // namespace

TEST_CASE("the wires use an io_uring if and only if the kernel lets them, and none if told so") {
    const ReapedWires batched{FrameCalls::batched};
    const ReapedWires single{FrameCalls::single};
    CHECK(uses_io_uring(batched->pid()) == kernel_has_io_uring());
    CHECK_FALSE(uses_io_uring(single->pid()));
}

// left --- right
TEST_CASE("where a seccomp filter forbids io_uring, as in a container, a wire works without it") {
    TwoNodes nodes;
    nodes.carrier(true);
    bool forbidden = false;
    bool used = true;
    std::size_t answered = 0;
    std::thread{[&] { // the filter is one thread's, and for ever
        forbidden = forbid_io_uring();
        ReapedWires wires{FrameCalls::batched};
        wires->connect(1, nodes.taps()[0], nodes.taps()[1], {});
        used = uses_io_uring(wires->pid());
        answered = answered_pings(nodes, 3, "-i 0.01 -W 10").size();
    }}
        .join();
    CHECK(forbidden);
    CHECK_FALSE(used);
    CHECK(answered == 3);
}

// left --- (this test)
TEST_CASE("one read takes all the frames that wait at a TAP, in their order") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    plug_in(nodes);
    FrameIo io{calls};
    const int tap = nodes.taps()[0].get();
    drain(io, tap);
    for (int i = 1; i <= 40; ++i) {
        nodes.send_from_left(numbered_frame(i));
    }
    io.ask(tap, FrameIo::most);
    CHECK(io.room() == 0);
    const auto taken = io.read();
    CHECK(io.room() == FrameIo::most);
    CHECK(numbers(taken) == from_to(1, 40));
    CHECK(taken.back().result == -EAGAIN);
    CHECK(taken.back().frame.empty());
}

// (this test) --- right
TEST_CASE("one write brings all frames in their order, and says which were refused") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    plug_in(nodes);
    const auto receiver = numbered_frames_at(nodes.right());
    FrameIo io{calls};
    const int tap = nodes.taps()[1].get();
    std::vector<std::string> frames;
    for (int i = 1; i <= 40; ++i) {
        frames.push_back(std::string(virtio_header_size, '\0') + numbered_frame(i));
    }
    frames[20].resize(5); // shorter than its header
    for (auto& frame : frames) {
        io.give(tap, std::as_writable_bytes(std::span{frame}));
    }
    const auto written = io.write();
    REQUIRE(written.size() == 40);
    for (std::size_t i = 0; i < written.size(); ++i) {
        CHECK((written[i].result > 0) == (i != 20));
    }
    auto expected = from_to(1, 40);
    expected.erase(expected.begin() + 20);
    CHECK(received_numbers(receiver, expected.size()) == expected);
    CHECK(io.write().empty());
}

// left --- (this test) --- right
TEST_CASE("one read serves several TAPs, and an empty one does not hold up the others") {
    const auto calls = GENERATE(FrameCalls::batched, FrameCalls::single);
    TwoNodes nodes;
    TwoNodes others;
    plug_in(nodes);
    plug_in(others);
    FrameIo io{calls};
    drain(io, nodes.taps()[0].get());
    drain(io, others.taps()[0].get());
    for (int i = 1; i <= 3; ++i) {
        nodes.send_from_left(numbered_frame(i));
        others.send_from_left(numbered_frame(10 + i));
    }
    io.ask(nodes.taps()[0].get(), 20);
    io.ask(nodes.taps()[1].get(), 20);
    io.ask(others.taps()[0].get(), 20);
    CHECK(numbers(io.read()) == std::vector{1, 2, 3, 11, 12, 13});
}

} // namespace netlab::test
