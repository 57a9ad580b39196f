#include "trial/icmp.h"

#include "sys/check.h"
#include "trial/socket_address.h"

#include <array>
#include <cerrno>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::size_t header_size = 8; // of an echo message of both families
constexpr std::size_t message_size = 64;
constexpr std::size_t largest_answer = 2048;

/// RFC 1071, over 16-bit words in network byte order.
std::uint16_t checksum(const std::array<std::uint8_t, message_size>& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        sum += static_cast<std::uint32_t>(bytes[i] << 8U) + bytes[i + 1];
    }
    sum = (sum >> 16U) + (sum & 0xffffU);
    sum += sum >> 16U;
    return static_cast<std::uint16_t>(~sum);
}

void put(std::uint8_t* at, std::uint16_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8U);
    at[1] = static_cast<std::uint8_t>(value & 0xffU);
}

std::uint16_t get(const std::uint8_t* at) {
    return static_cast<std::uint16_t>((at[0] << 8U) | at[1]);
}

/// The kernel knows at once that the request goes nowhere.
bool is_no_way(int error) {
    return error == ENETUNREACH || error == EHOSTUNREACH || error == ENETDOWN || error == EACCES ||
           error == EPERM || error == EADDRNOTAVAIL || error == ENOBUFS || error == EINVAL;
}

} // namespace

IcmpSocket::IcmpSocket(Family family, std::uint16_t identifier)
    : family_{family}, identifier_{identifier},
      socket_{check(::socket(family == Family::ipv4 ? AF_INET : AF_INET6,
                             SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                             family == Family::ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}),
                    "make a socket for pings")} {}

bool IcmpSocket::send(const IpAddress& to, std::uint16_t sequence, int hops) {
    const bool v4 = family_ == Family::ipv4;
    const int limit = hops == 0 ? -1 : hops;
    check(::setsockopt(socket_.get(), v4 ? int{IPPROTO_IP} : int{IPPROTO_IPV6},
                       v4 ? IP_TTL : IPV6_UNICAST_HOPS, &limit, sizeof limit),
          "set the hop limit of a ping");
    std::array<std::uint8_t, message_size> message{};
    message[0] = v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
    put(&message[4], identifier_);
    put(&message[6], sequence);
    if (v4) { // of ICMPv6 the kernel makes it
        put(&message[2], checksum(message));
    }
    auto address = socket_address(to);
    const auto sent =
        ::sendto(socket_.get(), message.data(), message.size(), 0, address.get(), address.size);
    if (sent < 0 && !is_no_way(errno)) {
        throw_errno(errno, "send a ping to " + to_string(to));
    }
    return sent >= 0;
}

std::optional<IcmpAnswer> IcmpSocket::read_v4(const std::uint8_t* bytes, std::size_t size) const {
    const std::size_t outer = size >= sizeof(::iphdr) ? (bytes[0] & 0xfU) * 4UL : size;
    if (size < outer + header_size) {
        return std::nullopt;
    }
    const auto* icmp = bytes + outer;
    if (icmp[0] == ICMP_ECHOREPLY && get(icmp + 4) == identifier_) {
        return IcmpAnswer{IcmpAnswer::Kind::reply, get(icmp + 6), {}, {}};
    }
    const auto* inner = icmp + header_size; // the packet that it is about begins here
    const std::size_t left = size - outer - header_size;
    const std::size_t inner_size = left >= sizeof(::iphdr) ? (inner[0] & 0xfU) * 4UL : left;
    const bool is_error = icmp[0] == ICMP_TIME_EXCEEDED || icmp[0] == ICMP_DEST_UNREACH;
    if (!is_error || left < inner_size + header_size || inner[inner_size] != ICMP_ECHO ||
        get(inner + inner_size + 4) != identifier_) {
        return std::nullopt;
    }
    return IcmpAnswer{icmp[0] == ICMP_TIME_EXCEEDED ? IcmpAnswer::Kind::time_exceeded
                                                    : IcmpAnswer::Kind::unreachable,
                      get(inner + inner_size + 6),
                      {},
                      {}};
}

std::optional<IcmpAnswer> IcmpSocket::read_v6(const std::uint8_t* bytes, std::size_t size) const {
    if (size < header_size) {
        return std::nullopt;
    }
    if (bytes[0] == ICMP6_ECHO_REPLY && get(bytes + 4) == identifier_) {
        return IcmpAnswer{IcmpAnswer::Kind::reply, get(bytes + 6), {}, {}};
    }
    const auto* inner = bytes + header_size + sizeof(::ip6_hdr);
    const bool is_error = bytes[0] == ICMP6_TIME_EXCEEDED || bytes[0] == ICMP6_DST_UNREACH;
    if (!is_error || size < header_size + sizeof(::ip6_hdr) + header_size ||
        inner[0] != ICMP6_ECHO_REQUEST || get(inner + 4) != identifier_) {
        return std::nullopt;
    }
    return IcmpAnswer{bytes[0] == ICMP6_TIME_EXCEEDED ? IcmpAnswer::Kind::time_exceeded
                                                      : IcmpAnswer::Kind::unreachable,
                      get(inner + 6),
                      {},
                      {}};
}

std::optional<IcmpAnswer> IcmpSocket::receive() {
    for (;;) {
        std::array<std::uint8_t, largest_answer> bytes{};
        SocketAddress from;
        const auto got =
            ::recvfrom(socket_.get(), bytes.data(), bytes.size(), 0, from.get(), &from.size);
        if (got < 0) {
            return std::nullopt; // EAGAIN, or an error of an earlier packet
        }
        const auto length = static_cast<std::size_t>(got);
        auto answer =
            family_ == Family::ipv4 ? read_v4(bytes.data(), length) : read_v6(bytes.data(), length);
        if (answer) {
            answer->from = ip_address(from);
            answer->when = TrialClock::now();
            return answer;
        }
    }
}

} // namespace netlab
