#include "packet/echo_message.h"
#include "support/catch.h"

#include <vector>

namespace netlab::test {

namespace {

constexpr EchoMark mark{0xabcd1234, 77, std::chrono::nanoseconds{123456789}};

/// As the one who is asked sends it back.
std::vector<std::byte> answer(Family family, const EchoBytes& request) {
    std::vector<std::byte> bytes(request.begin(), request.end());
    bytes[0] = family == Family::ipv4 ? std::byte{0} : std::byte{129};
    return bytes;
}

} // namespace

TEST_CASE(
    "an answer to an echo request gives back the mark, a request only where it is asked for") {
    for (const auto family : {Family::ipv4, Family::ipv6}) {
        const auto request = write_echo(family, mark);
        CHECK(read_echo(family, answer(family, request)) == mark);
        CHECK(read_echo(family, request) == std::nullopt);
        CHECK(read_echo(family, request, true) == mark);
    }
}

TEST_CASE("an echo request of IPv4 sums up to all ones") {
    std::uint32_t sum = 0;
    const auto request = write_echo(Family::ipv4, mark);
    for (std::size_t i = 0; i < request.size(); i += 2) {
        sum += std::to_integer<std::uint32_t>(request.at(i)) << 8U;
        sum += std::to_integer<std::uint32_t>(request.at(i + 1));
    }
    CHECK((sum & 0xffffU) + (sum >> 16U) == 0xffffU);
}

TEST_CASE("what is shorter than an echo request, or another message, has no mark") {
    const auto bytes = answer(Family::ipv4, write_echo(Family::ipv4, mark));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK(read_echo(Family::ipv4, std::span{bytes}.first(size)) == std::nullopt);
    }
    CHECK(read_echo(Family::ipv6, bytes) == std::nullopt);
}

} // namespace netlab::test
