#include "packet/ping_socket.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cstring>

// <linux/errqueue.h> needs timespec, which it does not include.
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h> // NOLINT(modernize-deprecated-headers)

namespace netlab {

namespace {

/// Answers that wait while others are read. The kernel gives what net.core.rmem_max allows.
constexpr int waiting_bytes = 1 << 20;

template <class Value>
void set_option(const UniqueFd& socket, int level, int name, const Value& value,
                const char* attempt) {
    check(::setsockopt(socket.get(), level, name, &value, sizeof value), "{}", attempt);
}

UniqueFd open_ipv4() {
    UniqueFd socket{check(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP),
                          "make a socket to ping")};
    const icmp_filter others{~(1U << ICMP_ECHOREPLY)};
    set_option(socket, SOL_RAW, ICMP_FILTER, others, "take in answers only");
    set_option(socket, SOL_IP, IP_RECVERR, int{1}, "take in errors");
    return socket;
}

UniqueFd open_ipv6() {
    UniqueFd socket{
        check(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6),
              "make a socket to ping by IPv6")};
    icmp6_filter wanted{};
    ICMP6_FILTER_SETBLOCKALL(&wanted);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &wanted);
    set_option(socket, SOL_ICMPV6, ICMP6_FILTER, wanted, "take in answers only");
    set_option(socket, SOL_IPV6, IPV6_RECVERR, int{1}, "take in errors");
    return socket;
}

/// Either family's, as the kernel takes and gives it.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress to_socket_address(const IpAddress& address) {
    SocketAddress result;
    if (address.family == Family::ipv4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        std::memcpy(&in.sin_addr, address.bytes.data(), sizeof in.sin_addr);
        std::memcpy(&result.storage, &in, sizeof in);
        result.size = sizeof in;
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        std::memcpy(&in.sin6_addr, address.bytes.data(), sizeof in.sin6_addr);
        std::memcpy(&result.storage, &in, sizeof in);
        result.size = sizeof in;
    }
    return result;
}

std::optional<IpAddress> from_socket_address(const sockaddr_storage& storage) {
    IpAddress address;
    if (storage.ss_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &storage, sizeof in);
        std::memcpy(address.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
        return address;
    }
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &storage, sizeof in);
        address.family = Family::ipv6;
        std::memcpy(address.bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
        return address;
    }
    return std::nullopt;
}

/// A raw socket of IPv4 gets the header of IP, too.
std::span<const std::byte> without_header(Family family, std::span<const std::byte> packet) {
    if (family == Family::ipv6 || packet.empty()) {
        return packet;
    }
    const auto words = std::to_integer<std::size_t>(packet[0] & std::byte{0x0f});
    return packet.subspan(std::min(packet.size(), words * 4));
}

/// The error in the messages' control part, where the kernel puts who sent it right behind.
std::optional<EchoReturn> error_in(msghdr& message) {
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        const bool is_error = (part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR) ||
                              (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR);
        if (!is_error || part->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) {
            continue;
        }
        sock_extended_err error{};
        std::memcpy(&error, CMSG_DATA(part), sizeof error);
        EchoReturn result;
        result.error = static_cast<int>(error.ee_errno);
        if (error.ee_origin != SO_EE_ORIGIN_LOCAL) {
            sockaddr_storage teller{};
            const auto rest = part->cmsg_len - CMSG_LEN(sizeof error);
            std::memcpy(&teller, CMSG_DATA(part) + sizeof error, std::min(rest, sizeof teller));
            result.teller = from_socket_address(teller);
        }
        return result;
    }
    return std::nullopt;
}

} // namespace

PingSocket::PingSocket(Family family)
    : family_(family), socket_(family == Family::ipv4 ? open_ipv4() : open_ipv6()) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &waiting_bytes, sizeof waiting_bytes);
}

int PingSocket::send(const IpAddress& to, const EchoMark& mark) const {
    const auto bytes = write_echo(family_, mark);
    const auto address = to_socket_address(to);
    // An error that came back for an earlier request is reported by the next call, whatever that
    // is, and the call then does nothing.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::sendto(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT,
                     reinterpret_cast<const sockaddr*>(&address.storage), address.size) >= 0) {
            return 0;
        }
        if (errno == EAGAIN || errno == ENOBUFS) {
            break;
        }
    }
    return errno;
}

void PingSocket::receive(const std::function<void(const EchoReturn&)>& each) const {
    receive_answers(each);
    receive_errors(each);
}

void PingSocket::receive_answers(const std::function<void(const EchoReturn&)>& each) const {
    constexpr int most = 4096; // at once: the next call goes on
    std::array<std::byte, 256> packet{};
    for (int i = 0; i < most; ++i) {
        sockaddr_storage from{};
        socklen_t from_size = sizeof from;
        const auto size = ::recvfrom(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT,
                                     reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size < 0 && errno == EAGAIN) {
            return;
        }
        if (size < 0) {
            continue; // an error message's errno, once; the message itself is in the other queue
        }
        const std::span<const std::byte> got{packet.data(), static_cast<std::size_t>(size)};
        if (const auto mark = read_echo(family_, without_header(family_, got))) {
            each({*mark, 0, from_socket_address(from)});
        }
    }
}

void PingSocket::receive_errors(const std::function<void(const EchoReturn&)>& each) const {
    constexpr int most = 4096;
    std::array<std::byte, 256> packet{};
    for (int i = 0; i < most; ++i) {
        alignas(cmsghdr) std::array<std::byte, 512> control{};
        iovec piece{packet.data(), packet.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto size = ::recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (size < 0) {
            return;
        }
        // The request itself, as it was sent: without a header of IP.
        const std::span<const std::byte> got{packet.data(), static_cast<std::size_t>(size)};
        const auto mark = read_echo(family_, got, true);
        auto error = error_in(message);
        if (mark && error) {
            error->mark = *mark;
            each(*error);
        }
    }
}

} // namespace netlab
