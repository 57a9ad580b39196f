#pragma once

#include "base/address.h"
#include "base/duration.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace netlab {

/// IEEE 802's number for local experiments: no node does anything with such a frame.
inline constexpr std::uint16_t probe_ethertype = 0x88b5;
/// The shortest Ethernet frame, without its check sequence.
inline constexpr std::size_t probe_bytes = 60;

enum class ProbeKind : std::uint8_t {
    greeting, ///< makes a LAN segment's bridge know where the sender is
    probe,    ///< measures delay and loss
    flood,    ///< measures the rate
};

/// What a frame that measures says of itself.
struct Probe {
    std::uint32_t run = 0; ///< tells one measurement from others at the same time
    ProbeKind kind = ProbeKind::probe;
    std::uint32_t sequence = 0;
    Duration sent{}; ///< since boot (CLOCK_MONOTONIC)

    bool operator==(const Probe&) const = default;
};

struct ProbeRoute {
    MacAddress from;
    MacAddress to;
};

/// Writes a frame of at least probe_bytes; what is behind them stays as it is.
void write_probe(std::span<std::byte> frame, const ProbeRoute& route, const Probe& probe);

struct ReadProbe {
    Probe probe;
    bool damaged = false; ///< then `sent` cannot be trusted; the rest can, if one bit was turned
};

/// Reads the first probe_bytes of a frame. nullopt if there are fewer.
std::optional<ReadProbe> read_probe(std::span<const std::byte> frame);

} // namespace netlab
