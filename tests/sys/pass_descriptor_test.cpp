#include "support/catch.h"
#include "sys/pass_descriptor.h"

#include <array>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

using namespace netlab;

namespace {

struct Pair {
    UniqueFd one;
    UniqueFd other;

    Pair() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
        one.reset(ends[0]);
        other.reset(ends[1]);
    }
};

} // namespace

TEST_CASE("a descriptor goes with a message, and means the same file there") {
    const Pair pair;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const UniqueFd reading{pipe[0]};
    const UniqueFd writing{pipe[1]};
    REQUIRE(send_with_descriptor(pair.one, "hello", writing.get()));
    std::string text(16, '\0');
    UniqueFd passed;
    REQUIRE(receive_with_descriptor(pair.other, text, passed) == 5);
    CHECK(text.substr(0, 5) == "hello");
    REQUIRE(passed);
    CHECK(::write(passed.get(), "x", 1) == 1);
    char byte = 0;
    CHECK(::read(reading.get(), &byte, 1) == 1);
    CHECK(byte == 'x');
}

TEST_CASE(
    "a message without a descriptor brings none, and the end of the other side is no signal") {
    Pair pair;
    REQUIRE(send_with_descriptor(pair.one, "hello", -1));
    std::string text(16, '\0');
    UniqueFd passed;
    CHECK(receive_with_descriptor(pair.other, text, passed) == 5);
    CHECK_FALSE(passed);
    pair.other.reset();
    CHECK_FALSE(send_with_descriptor(pair.one, "hello", -1));
}
