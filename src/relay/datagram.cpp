#include "relay/datagram.h"

#include "relay/socket_address.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace netlab {

namespace {

using ControlRoom = std::array<std::byte, CMSG_SPACE(sizeof(in6_pktinfo))>;

template <class Wire>
IpAddress ip_address(Family family, const Wire& wire) {
    IpAddress address{family, {}};
    std::memcpy(address.bytes.data(), &wire, sizeof wire);
    return address;
}

/// recvmsg(2) has written it over, so it is what the kernel says.
template <class Wanted, class From>
Wanted seen_as(const From& from) {
    Wanted wanted{};
    std::memcpy(&wanted, from, sizeof wanted);
    return wanted;
}

void read_sender(const SocketAddress& sender, Correspondent& from) {
    if (sender.storage.ss_family == AF_INET) {
        const auto in = seen_as<sockaddr_in>(&sender.storage);
        from.address = ip_address(Family::ipv4, in.sin_addr);
        from.port = ntohs(in.sin_port);
    } else {
        const auto in = seen_as<sockaddr_in6>(&sender.storage);
        from.address = ip_address(Family::ipv6, in.sin6_addr);
        from.port = ntohs(in.sin6_port);
        from.scope = in.sin6_scope_id;
    }
}

void read_local(msghdr& message, Correspondent& from) {
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            // Not ipi_addr: that is a broadcast address where the datagram was one.
            from.local =
                ip_address(Family::ipv4, seen_as<in_pktinfo>(CMSG_DATA(part)).ipi_spec_dst);
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            from.local = ip_address(Family::ipv6, seen_as<in6_pktinfo>(CMSG_DATA(part)).ipi6_addr);
        }
    }
}

template <class Source>
void add_source(msghdr& message, int level, int type, const Source& source) {
    auto* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = level;
    part->cmsg_type = type;
    part->cmsg_len = CMSG_LEN(sizeof source);
    std::memcpy(CMSG_DATA(part), &source, sizeof source);
    message.msg_controllen = CMSG_SPACE(sizeof source);
}

void add_source(msghdr& message, const Correspondent& to) {
    const auto wire = to.local.wire();
    if (to.local.family == Family::ipv4) {
        in_pktinfo source{};
        std::memcpy(&source.ipi_spec_dst, wire.data(), wire.size());
        add_source(message, IPPROTO_IP, IP_PKTINFO, source);
    } else {
        in6_pktinfo source{};
        std::memcpy(&source.ipi6_addr, wire.data(), wire.size());
        source.ipi6_ifindex = to.scope;
        add_source(message, IPPROTO_IPV6, IPV6_PKTINFO, source);
    }
}

} // namespace

ssize_t receive_datagram(int socket, std::span<std::byte> buffer, Correspondent& from) {
    SocketAddress sender;
    alignas(cmsghdr) ControlRoom room{};
    iovec bytes{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_name = sender.get();
    message.msg_namelen = sender.size;
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    const auto size =
        uninterrupted([&] { return ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
    if (size >= 0) {
        from = {};
        read_sender(sender, from);
        read_local(message, from);
    }
    return size;
}

void send_datagram(int socket, std::span<const std::byte> bytes, const Correspondent& to) {
    auto receiver = socket_address(to.address, to.port, to.scope);
    alignas(cmsghdr) ControlRoom room{};
    iovec content{const_cast<std::byte*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_name = receiver.get();
    message.msg_namelen = receiver.size;
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    add_source(message, to);
    uninterrupted([&] { return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL); });
}

} // namespace netlab
