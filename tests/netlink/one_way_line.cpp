#include "netlink/one_way_line.h"

#include "netlink/address_requests.h"
#include "netlink/qdisc_requests.h"
#include "sys/check.h"

#include <array>
#include <cstring>
#include <ctime>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace netlab::test {

namespace {

constexpr std::uint16_t port = 5000;
constexpr const char* far_address = "10.0.0.2";
/// Ethernet, IPv4 and UDP.
constexpr std::size_t header_bytes = 14 + 20 + 8;

/// What a datagram begins with.
struct Stamp {
    std::int64_t sent;
    int number;
};

sockaddr_in address_of(const char* text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

Duration duration_of(const timespec& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

Duration now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return duration_of(time);
}

UniqueFd new_sender() {
    UniqueFd fd{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket")};
    const auto to = address_of(far_address);
    check(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), "connect");
    return fd;
}

UniqueFd new_receiver() {
    UniqueFd fd{check(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "make a socket")};
    const auto here = address_of(far_address);
    check(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here), "bind");
    const int on = 1;
    const int bytes = 1 << 20;
    check(::setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on), "ask for times");
    check(::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), "ask for room");
    return fd;
}

// By ioctl: there is no request for it in netlink's room, and `ip` takes long where much runs.
void make_known(const UniqueFd& socket, const MacAddress& mac) {
    arpreq entry{};
    const auto whose = address_of(far_address);
    std::memcpy(&entry.arp_pa, &whose, sizeof whose);
    entry.arp_ha.sa_family = ARPHRD_ETHER;
    std::memcpy(entry.arp_ha.sa_data, mac.bytes.data(), mac.bytes.size());
    entry.arp_flags = ATF_COM | ATF_PERM;
    std::strcpy(entry.arp_dev, "eth0");
    check(::ioctl(socket.get(), SIOCSARP, &entry), "tell the neighbour's address");
}

void set_up_with(Socket& socket, const char* address) {
    carry_out(socket, [&](Batch& batch) {
        add_address(batch, 0, OneWayLine::eth0, interface_address(std::string{address} + "/24"));
        set_up(batch, 0, OneWayLine::eth0);
    });
}

/// The next datagram at `fd`, if one is there. The time is when the kernel got it, however late it
/// is read.
std::optional<Arrival> next_arrival(int fd) {
    Stamp stamp{};
    iovec vector{&stamp, sizeof stamp};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control{};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(fd, &message, MSG_DONTWAIT) < static_cast<ssize_t>(sizeof stamp)) {
        return std::nullopt;
    }
    timespec time{};
    std::memcpy(&time, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof time);
    const Duration arrived = duration_of(time);
    return Arrival{stamp.number, arrived - Duration{stamp.sent}, arrived};
}

} // namespace

OneWayLine::OneWayLine() {
    std::ofstream{"/proc/sys/net/ipv6/conf/all/disable_ipv6"} << 1;
    const MacAddress far_mac = mac("02:00:00:00:00:02");
    carry_out(socket(), [&](Batch& batch) {
        new_veth(
            batch, 0, {.name = "eth0", .index = eth0, .mtu = mtu},
            {.netns = far_side_.pid(), .name = "eth0", .index = eth0, .mac = far_mac, .mtu = mtu});
    });
    set_up_with(socket(), "10.0.0.1");
    {
        const ScopedNetns there{far_side_.pid()};
        Socket far_socket;
        set_up_with(far_socket, far_address);
        receiver_ = new_receiver();
    }
    wait_until_ready(socket());
    sender_ = new_sender();
    make_known(sender_, far_mac);
}

void OneWayLine::shape(const Properties& properties) {
    carry_out(socket(),
              [&](Batch& batch) { replace_netem(batch, 0, eth0, impairment_of(properties), mtu); });
}

void OneWayLine::send(int first, int count, std::size_t frame_bytes) {
    std::vector<char> payload(frame_bytes - header_bytes);
    for (int number = first; number < first + count; ++number) {
        const Stamp stamp{now().count(), number};
        std::memcpy(payload.data(), &stamp, sizeof stamp);
        // A frame that the queue has no room for may be told as ENOBUFS.
        if (::send(sender_.get(), payload.data(), payload.size(), 0) < 0 && errno != ENOBUFS) {
            throw_errno(errno, "send a datagram");
        }
    }
}

void OneWayLine::take_arrivals(std::vector<Arrival>& arrivals) {
    while (const auto arrival = next_arrival(receiver_.get())) {
        arrivals.push_back(*arrival);
    }
}

std::vector<Arrival> OneWayLine::receive(Duration quiet) {
    std::vector<Arrival> arrivals;
    const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(quiet).count();
    pollfd ready{.fd = receiver_.get(), .events = POLLIN, .revents = 0};
    do {
        take_arrivals(arrivals);
    } while (::poll(&ready, 1, static_cast<int>(timeout)) > 0);
    return arrivals;
}

std::vector<Arrival> OneWayLine::exchange(int count) {
    constexpr int at_once = 50;
    std::vector<Arrival> arrivals;
    for (int first = 0; first < count; first += at_once) {
        send(first, std::min(at_once, count - first));
        take_arrivals(arrivals);
    }
    const auto last = receive();
    arrivals.insert(arrivals.end(), last.begin(), last.end());
    return arrivals;
}

nlohmann::json OneWayLine::options() const {
    const auto result = shell("tc -json qdisc show dev eth0 root");
    return nlohmann::json::parse(result.output).at(0).at("options");
}

QdiscState OneWayLine::qdisc() {
    for (const auto& state : read_qdiscs(socket())) {
        if (state.interface == eth0) {
            return state;
        }
    }
    throw std::runtime_error{"eth0 has no root qdisc"};
}

Impairment impairment_of(const OneWayLine::Properties& properties) {
    Impairment impairment;
    for (const auto& [key, value] : properties) {
        if (const auto refusal = set_property(impairment, key, value)) {
            throw std::runtime_error{key + " " + refusal->message};
        }
    }
    return impairment;
}

} // namespace netlab::test
