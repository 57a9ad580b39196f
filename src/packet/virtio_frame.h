#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace netlab {

/// What stands before a frame on a TAP opened with IFF_VNET_HDR: struct virtio_net_hdr_mrg_rxbuf
/// (linux/virtio_net.h), of which the last two bytes mean nothing here.
inline constexpr std::size_t virtio_header_size = 12;

/// A frame with its virtio-net header before it; at least that.
using VirtioFrame = std::span<std::byte>;

/// What the frame is on the line: one, or the several that a segment will be cut into, each with
/// headers of its own.
struct OnTheLine {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
};
OnTheLine on_the_line(VirtioFrame frame);

/// Turns one bit over, counted from the first of the Ethernet header. A checksum that was left to
/// the network card is completed before, so that the receiver sees the damage. A segment not yet
/// cut stays as it is: its checksums do not exist yet.
void corrupt(VirtioFrame frame, std::size_t bit);

} // namespace netlab
