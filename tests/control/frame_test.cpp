#include "control/frame.h"
#include "support/catch.h"

#include <array>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab::test {

namespace {

struct SocketPair {
    UniqueFd left;
    UniqueFd right;
    SocketPair() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        left.reset(ends[0]);
        right.reset(ends[1]);
    }
};

void send_bytes(const UniqueFd& socket, const std::string& bytes) {
    REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
}

std::string length_of(std::uint32_t length) {
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes;
}

} // namespace

TEST_CASE("a frame arrives whole, with its text and its descriptors") {
    const SocketPair pair;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const UniqueFd from{pipe[0]};
    const UniqueFd to{pipe[1]};
    send_frame(pair.left, "hello", {to.get()});
    const auto frame = receive_frame(pair.right);
    CHECK(frame.text == "hello");
    REQUIRE(frame.fds.size() == 1);
    REQUIRE(::write(frame.fds[0].get(), "x", 1) == 1);
    char byte = 0;
    CHECK(::read(from.get(), &byte, 1) == 1);
}

TEST_CASE("a frame larger than the socket's buffer arrives whole") {
    const SocketPair pair;
    const std::string text(3'000'000, 'x');
    std::thread sender{[&] { send_frame(pair.left, text); }};
    const auto frame = receive_frame(pair.right);
    sender.join();
    CHECK(frame.text == text);
}

TEST_CASE("a text of many pieces arrives whole, and the next one after it") {
    const SocketPair pair;
    std::string text(2 * longest_piece + 3, 'x');
    text[longest_piece] = 'y';
    std::thread sender{[&] {
        send_frame(pair.left, text, {pair.left.get()});
        send_frame(pair.left, std::string(longest_piece, 'z'));
        send_frame(pair.left, "");
    }};
    const auto frame = receive_frame(pair.right);
    const auto next = receive_frame(pair.right);
    const auto last = receive_frame(pair.right);
    sender.join();
    CHECK((frame.text == text));
    CHECK(frame.fds.size() == 1);
    CHECK((next.text == std::string(longest_piece, 'z')));
    CHECK(last.text.empty());
}

TEST_CASE("a frame carries as many descriptors as it may") {
    const SocketPair pair;
    const std::vector<int> fds(most_fds, pair.left.get());
    send_frame(pair.left, "many", fds);
    CHECK(receive_frame(pair.right).fds.size() == most_fds);
}

TEST_CASE("the end of the other side and a length beyond reason are errors, not waits") {
    SocketPair gone;
    gone.left.reset();
    CHECK_THROWS_AS(receive_frame(gone.right), std::runtime_error);

    SocketPair half;
    send_bytes(half.left, length_of(100) + "only this");
    half.left.reset();
    CHECK_THROWS_AS(receive_frame(half.right), std::runtime_error);

    const SocketPair huge;
    send_bytes(huge.left, length_of(0xffffffff));
    CHECK_THROWS_AS(receive_frame(huge.right), std::runtime_error);
}

TEST_CASE("frames come out of a buffer as they become whole") {
    const SocketPair pair;
    FrameBuffer buffer;
    std::string text;
    send_bytes(pair.left, length_of(3) + "ab");
    CHECK(buffer.fill(pair.right));
    CHECK_FALSE(buffer.next(text));
    send_bytes(pair.left, "c" + length_of(0) + length_of(2) + "de");
    CHECK(buffer.fill(pair.right));
    CHECK(buffer.next(text));
    CHECK(text == "abc");
    CHECK(buffer.next(text));
    CHECK(text.empty());
    CHECK(buffer.next(text));
    CHECK(text == "de");
    CHECK_FALSE(buffer.next(text));
    CHECK(buffer.fill(pair.right)); // nothing there yet is no end
}

TEST_CASE("a descriptor that comes with a request is taken, and no more than one") {
    const SocketPair pair;
    FrameBuffer buffer;
    send_frame(pair.left, "take", {pair.left.get()});
    CHECK(buffer.fill(pair.right));
    std::string text;
    CHECK(buffer.next(text));
    CHECK(buffer.take_fd());
    CHECK_FALSE(buffer.take_fd());
    send_frame(pair.left, "many", {pair.left.get(), pair.right.get()});
    CHECK(buffer.fill(pair.right));
    CHECK(buffer.next(text));
    CHECK(text == "many");
}

TEST_CASE("a buffer refuses a length beyond reason and tells the end") {
    const SocketPair huge;
    FrameBuffer buffer;
    send_bytes(huge.left, length_of(0x7fffffff));
    CHECK_FALSE(buffer.fill(huge.right));

    SocketPair gone;
    FrameBuffer other;
    gone.left.reset();
    CHECK_FALSE(other.fill(gone.right));
}

} // namespace netlab::test
