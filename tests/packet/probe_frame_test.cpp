#include "packet/probe_frame.h"
#include "support/catch.h"

#include <array>

namespace netlab::test {

namespace {

const ProbeRoute route{{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};
const Probe probe{0x89abcdef, ProbeKind::flood, 0xfedcba98, Duration{0x1122334455667788}};

std::array<std::byte, probe_bytes> written() {
    std::array<std::byte, probe_bytes> frame{};
    write_probe(frame, route, probe);
    return frame;
}

} // namespace

TEST_CASE("a probe is read as it was written") {
    const auto frame = written();
    const auto read = read_probe(frame);
    REQUIRE(read.has_value());
    CHECK(read->probe == probe);
    CHECK_FALSE(read->damaged);
}

TEST_CASE("a probe is an Ethernet frame to the other end, of the type for local experiments") {
    const auto frame = written();
    CHECK(std::to_integer<int>(frame[5]) == 2);
    CHECK(std::to_integer<int>(frame[11]) == 1);
    CHECK(std::to_integer<int>(frame[12]) == 0x88);
    CHECK(std::to_integer<int>(frame[13]) == 0xb5);
}

TEST_CASE("a bit turned over in a probe is seen, and it is still known which probe it is") {
    const auto frame = written();
    for (std::size_t bit = 0; bit < probe_bytes * 8; ++bit) {
        auto damaged = frame;
        damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        INFO("bit " << bit);
        const auto read = read_probe(damaged);
        REQUIRE(read.has_value());
        CHECK(read->damaged);
        CHECK(read->probe.run == probe.run);
        CHECK(read->probe.sequence == probe.sequence);
        CHECK(read->probe.kind == probe.kind);
    }
}

TEST_CASE("a frame that is cut short is no probe") {
    const auto frame = written();
    for (const std::size_t size : {0U, 1U, 14U, 59U}) {
        CHECK_FALSE(read_probe(std::span{frame}.first(size)).has_value());
    }
}

TEST_CASE("what stands behind a probe in a longer frame is left alone") {
    std::array<std::byte, 100> frame{};
    frame.fill(std::byte{7});
    write_probe(frame, route, probe);
    CHECK(frame[59] != std::byte{0});
    CHECK(frame[60] == std::byte{7});
    CHECK_FALSE(read_probe(frame)->damaged);
}

} // namespace netlab::test
