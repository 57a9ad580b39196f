#include "packet/virtio_frame.h"

#include <algorithm>
#include <cstring>

namespace netlab {

namespace {

/// struct virtio_net_hdr of linux/virtio_net.h, which is no C++ (it has a member `class`). In the
/// byte order of the machine, as IFF_VNET_HDR has it unless told otherwise.
struct VirtioHeader {
    std::uint8_t flags;
    std::uint8_t gso_type;
    std::uint16_t hdr_len;
    std::uint16_t gso_size;
    std::uint16_t csum_start;
    std::uint16_t csum_offset;
};
static_assert(sizeof(VirtioHeader) == 10);

constexpr std::uint8_t needs_csum = 1; ///< VIRTIO_NET_HDR_F_NEEDS_CSUM
constexpr std::uint8_t gso_none = 0;   ///< VIRTIO_NET_HDR_GSO_NONE
constexpr std::uint8_t gso_tcp4 = 1;   ///< VIRTIO_NET_HDR_GSO_TCPV4
constexpr std::uint8_t gso_tcp6 = 4;   ///< VIRTIO_NET_HDR_GSO_TCPV6
constexpr std::uint8_t gso_ecn = 0x80; ///< VIRTIO_NET_HDR_GSO_ECN, beside one of those

VirtioHeader header_of(VirtioFrame frame) {
    VirtioHeader header{};
    std::memcpy(&header, frame.data(), sizeof header);
    return header;
}

std::span<std::byte> ethernet(VirtioFrame frame) {
    return frame.subspan(virtio_header_size);
}

/// Where the payload of a segment begins. A segment's checksum is always left to the card, so
/// `csum_start` is where its TCP or UDP header is.
std::size_t headers_of(const VirtioHeader& header, std::span<const std::byte> bytes) {
    const std::size_t transport = header.csum_start;
    const int type = header.gso_type & ~gso_ecn;
    if (type == gso_tcp4 || type == gso_tcp6) {
        return transport + 12 < bytes.size()
                   ? transport + std::to_integer<std::size_t>(bytes[transport + 12] >> 4) * 4
                   : bytes.size();
    }
    return transport + 8; // UDP
}

/// RFC 1071, in the byte order of the bytes themselves.
std::uint16_t ones_complement_sum(std::span<const std::byte> bytes) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::uint16_t word = 0;
        std::memcpy(&word, &bytes[i], std::min<std::size_t>(2, bytes.size() - i));
        sum += word;
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xffffU) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(sum);
}

/// The checksum's own place holds the sum of the pseudo-header, so summing over it completes it.
void complete_checksum(const VirtioHeader& header, std::span<std::byte> bytes) {
    constexpr std::size_t udp_offset = 6;
    const std::size_t place = std::size_t{header.csum_start} + header.csum_offset;
    if (place + 2 > bytes.size()) {
        return;
    }
    auto sum = static_cast<std::uint16_t>(~ones_complement_sum(bytes.subspan(header.csum_start)));
    if (sum == 0 && header.csum_offset == udp_offset) {
        sum = 0xffff; // 0 would say that there is none (RFC 768)
    }
    std::memcpy(&bytes[place], &sum, sizeof sum);
}

} // namespace

OnTheLine on_the_line(VirtioFrame frame) {
    const auto header = header_of(frame);
    const auto bytes = ethernet(frame);
    if (header.gso_type == gso_none || header.gso_size == 0) {
        return {1, bytes.size()};
    }
    const std::size_t headers = std::min(headers_of(header, bytes), bytes.size());
    const std::size_t payload = bytes.size() - headers;
    const std::uint64_t frames =
        std::max<std::uint64_t>((payload + header.gso_size - 1) / header.gso_size, 1);
    return {frames, payload + frames * headers};
}

void corrupt(VirtioFrame frame, std::size_t bit) {
    const auto header = header_of(frame);
    const auto bytes = ethernet(frame);
    if (header.gso_type != gso_none || bit / 8 >= bytes.size()) {
        return;
    }
    if ((header.flags & needs_csum) != 0) {
        complete_checksum(header, bytes);
    }
    std::fill_n(frame.begin(), virtio_header_size, std::byte{});
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
}

} // namespace netlab
