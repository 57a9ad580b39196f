#include "packet/virtio_frame.h"
#include "support/catch.h"

#include <cstring>
#include <vector>

namespace netlab::test {

namespace {

struct Header {
    std::uint8_t flags = 0;
    std::uint8_t gso_type = 0;
    std::uint16_t hdr_len = 0;
    std::uint16_t gso_size = 0;
    std::uint16_t csum_start = 0;
    std::uint16_t csum_offset = 0;
};

std::vector<std::byte> frame_of(const Header& header, std::size_t length) {
    std::vector<std::byte> frame(virtio_header_size + length);
    std::memcpy(frame.data(), &header, sizeof header);
    for (std::size_t i = 0; i < length; ++i) {
        frame[virtio_header_size + i] = static_cast<std::byte>(i * 7);
    }
    return frame;
}

/// The Internet checksum of everything from `start` on, which is 0 where a right one is in it.
std::uint32_t checksum_from(const std::vector<std::byte>& frame, std::size_t start) {
    std::uint32_t sum = 0;
    for (std::size_t i = virtio_header_size + start; i < frame.size(); i += 2) {
        sum += std::to_integer<std::uint32_t>(frame[i]) << 8;
        sum += i + 1 < frame.size() ? std::to_integer<std::uint32_t>(frame[i + 1]) : 0;
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum ^ 0xffff;
}

int bits_apart(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
    int bits = 0;
    for (std::size_t i = virtio_header_size; i < a.size(); ++i) {
        bits += __builtin_popcount(std::to_integer<unsigned>(a[i] ^ b[i]));
    }
    return bits;
}

} // namespace

TEST_CASE("a plain frame is one on the line, a TCP segment as many as it will be cut into") {
    auto plain = frame_of({}, 60);
    CHECK(on_the_line(plain).frames == 1);
    CHECK(on_the_line(plain).bytes == 60);

    // Ethernet 14, IPv4 20, TCP 32: its data offset, in 32-bit words, is in byte 12 of its header.
    auto segment = frame_of({1, 1, 66, 1448, 34, 16}, 66 + 3 * 1448 + 1);
    segment[virtio_header_size + 34 + 12] = std::byte{0x80};
    CHECK(on_the_line(segment).frames == 4);
    CHECK(on_the_line(segment).bytes == 4 * 66 + 3 * 1448 + 1);

    auto udp = frame_of({1, 5, 42, 1000, 34, 6}, 42 + 2000);
    CHECK(on_the_line(udp).frames == 2);
    CHECK(on_the_line(udp).bytes == 2 * 42 + 2000);
}

TEST_CASE("a segment that says nonsense of itself is counted without reading beyond it") {
    for (const std::uint16_t start : {std::uint16_t{40}, std::uint16_t{0xffff}}) {
        auto segment = frame_of({1, 1, 0, 1, start, 16}, 50);
        CHECK(on_the_line(segment).frames >= 1);
        auto damaged = frame_of({1, 0, 0, 0, start, 0xffff}, 50);
        corrupt(damaged, 399);
        corrupt(damaged, 400);
    }
}

TEST_CASE("corruption turns over one bit, and the network card is left nothing to repair") {
    auto frame = frame_of({}, 60);
    const auto before = frame;
    corrupt(frame, 14 * 8 + 3);
    CHECK(bits_apart(frame, before) == 1);
    CHECK((frame[virtio_header_size + 14] ^ before[virtio_header_size + 14]) == std::byte{8});
}

TEST_CASE("a checksum left to the network card is completed before the bit is turned over") {
    for (const std::size_t length : {60U, 61U}) {
        auto frame = frame_of({1, 0, 0, 0, 34, 16}, length);
        // A pseudo-header whose sum is 0, so that the sum of the rest can be checked by itself.
        frame[virtio_header_size + 50] = frame[virtio_header_size + 51] = std::byte{};
        corrupt(frame, 40 * 8);
        CHECK(frame[0] == std::byte{});
        CHECK(checksum_from(frame, 34) != 0);
        frame[virtio_header_size + 40] ^= std::byte{1}; // repaired
        CHECK(checksum_from(frame, 34) == 0);
    }
}

} // namespace netlab::test
