#pragma once

#include "base/address.h"
#include "base/duration.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace netlab {

/// What an echo request says of itself, and its answer repeats.
struct EchoMark {
    std::uint32_t run = 0;    ///< tells our requests from those of others in the node
    std::uint32_t number = 0; ///< of the request among those of its sender
    Duration sent{};          ///< since boot (CLOCK_MONOTONIC)

    bool operator==(const EchoMark&) const = default;
};

/// Bytes of an echo request: the header of ICMP and a mark.
inline constexpr std::size_t echo_bytes = 24;
using EchoBytes = std::array<std::byte, echo_bytes>;

/// An echo request of the family (RFC 792; RFC 4443, section 4.1). Of ICMPv6 the kernel computes
/// the checksum, which covers the addresses.
EchoBytes write_echo(Family family, const EchoMark& mark);

/// The mark in an ICMP message, from its type on: of an answer, or with `request` of a request that
/// came back in an error. nullopt if it is none of ours.
std::optional<EchoMark> read_echo(Family family, std::span<const std::byte> message,
                                  bool request = false);

} // namespace netlab
