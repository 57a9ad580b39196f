#include "packet/probe_frame.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace netlab {

namespace {

// Behind the Ethernet header, numbers with their highest byte first. Who it is stands there three
// times: two of three tell it when a bit is turned over.
constexpr std::size_t type_at = 12;
constexpr std::size_t identity_at = 14;
constexpr std::size_t identity_bytes = 9; // run, sequence, kind
constexpr std::size_t copies = 3;
constexpr std::size_t sent_at = identity_at + copies * identity_bytes;
constexpr std::size_t checksum_at = probe_bytes - 4;
static_assert(sent_at + sizeof(std::uint64_t) <= checksum_at);

template <class Number>
void put(std::span<std::byte> frame, std::size_t at, Number value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
        frame[at + i] = static_cast<std::byte>(value >> (8 * (sizeof value - 1 - i)));
    }
}

template <class Number>
Number get(std::span<const std::byte> frame, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value = value << 8U | std::to_integer<std::uint64_t>(frame[at + i]);
    }
    return static_cast<Number>(value);
}

/// FNV-1a: each step is a bijection, so that no damage to one byte goes unseen.
std::uint32_t checksum_of(std::span<const std::byte> bytes) {
    std::uint32_t sum = 2166136261U;
    for (const auto byte : bytes) {
        sum = (sum ^ std::to_integer<std::uint32_t>(byte)) * 16777619U;
    }
    return sum;
}

void put(std::span<std::byte> frame, std::size_t at, const MacAddress& mac) {
    std::ranges::transform(mac.bytes, frame.begin() + static_cast<std::ptrdiff_t>(at),
                           [](std::uint8_t byte) { return std::byte{byte}; });
}

/// Each bit as most of its copies have it.
std::array<std::byte, identity_bytes> voted_identity(std::span<const std::byte> frame) {
    std::array<std::byte, identity_bytes> identity{};
    for (std::size_t i = 0; i < identity_bytes; ++i) {
        const auto a = frame[identity_at + i];
        const auto b = frame[identity_at + identity_bytes + i];
        const auto c = frame[identity_at + 2 * identity_bytes + i];
        identity[i] = (a & b) | (a & c) | (b & c);
    }
    return identity;
}

} // namespace

void write_probe(std::span<std::byte> frame, const ProbeRoute& route, const Probe& probe) {
    assert(frame.size() >= probe_bytes);
    std::ranges::fill(frame.first(probe_bytes), std::byte{0});
    put(frame, 0, route.to);
    put(frame, route.to.bytes.size(), route.from);
    put(frame, type_at, probe_ethertype);
    for (std::size_t copy = 0; copy < copies; ++copy) {
        const auto at = identity_at + copy * identity_bytes;
        put(frame, at, probe.run);
        put(frame, at + 4, probe.sequence);
        put(frame, at + 8, static_cast<std::uint8_t>(probe.kind));
    }
    put(frame, sent_at, static_cast<std::uint64_t>(probe.sent.count()));
    put(frame, checksum_at, checksum_of(frame.first(checksum_at)));
}

std::optional<ReadProbe> read_probe(std::span<const std::byte> frame) {
    if (frame.size() < probe_bytes) {
        return std::nullopt;
    }
    const auto identity = voted_identity(frame);
    ReadProbe read;
    read.damaged = get<std::uint32_t>(frame, checksum_at) != checksum_of(frame.first(checksum_at));
    read.probe.run = get<std::uint32_t>(identity, 0);
    read.probe.sequence = get<std::uint32_t>(identity, 4);
    read.probe.kind = static_cast<ProbeKind>(identity[8]);
    read.probe.sent = Duration{static_cast<Duration::rep>(get<std::uint64_t>(frame, sent_at))};
    return read;
}

} // namespace netlab
