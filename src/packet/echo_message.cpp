#include "packet/echo_message.h"

#include <cstring>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

namespace netlab {

namespace {

constexpr std::size_t checksum_at = 2;
constexpr std::size_t mark_at = 8; ///< behind type, code, checksum, identifier and sequence number

template <class Value>
void put(EchoBytes& bytes, std::size_t at, Value value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class Value>
Value get(std::span<const std::byte> bytes, std::size_t at) {
    Value value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// RFC 1071: the sum does not depend on the order of bytes.
std::uint16_t internet_checksum(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        sum += get<std::uint16_t>(bytes, at);
    }
    while (sum > 0xffffU) {
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return static_cast<std::uint16_t>(~sum);
}

std::uint8_t type_of(Family family, bool request) {
    if (family == Family::ipv4) {
        return request ? ICMP_ECHO : ICMP_ECHOREPLY;
    }
    return request ? ICMP6_ECHO_REQUEST : ICMP6_ECHO_REPLY;
}

} // namespace

EchoBytes write_echo(Family family, const EchoMark& mark) {
    EchoBytes bytes{};
    put(bytes, 0, type_of(family, true));
    put(bytes, 4, static_cast<std::uint16_t>(mark.run)); // the identifier, for others' eyes
    put(bytes, 6, static_cast<std::uint16_t>(mark.number));
    put(bytes, mark_at, mark.run);
    put(bytes, mark_at + 4, mark.number);
    put(bytes, mark_at + 8, static_cast<std::int64_t>(mark.sent.count()));
    if (family == Family::ipv4) {
        put(bytes, checksum_at, internet_checksum(bytes));
    }
    return bytes;
}

std::optional<EchoMark> read_echo(Family family, std::span<const std::byte> message, bool request) {
    if (message.size() < echo_bytes || get<std::uint8_t>(message, 0) != type_of(family, request)) {
        return std::nullopt;
    }
    return EchoMark{get<std::uint32_t>(message, mark_at), get<std::uint32_t>(message, mark_at + 4),
                    Duration{get<std::int64_t>(message, mark_at + 8)}};
}

} // namespace netlab
