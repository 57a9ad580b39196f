#include "trial/tcp_flow.h"

#include "sys/check.h"
#include "trial/instant.h"
#include "trial/socket_address.h"

#include <array>
#include <cerrno>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::size_t flow_piece = 256UL << 10U;
constexpr int settling_share = 10;

UniqueFd new_socket(const IpAddress& address) {
    const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
    return UniqueFd{check(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                          "make a socket to measure with")};
}

int milliseconds_until(Instant when) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - TrialClock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

/// Sends what the socket takes now.
void send_some(int fd, const std::vector<char>& bytes) {
    while (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    }
}

/// Takes what has come. Returns how much.
std::size_t take_some(int fd, std::vector<char>& bytes) {
    std::size_t taken = 0;
    for (::ssize_t got = 0; (got = ::recv(fd, bytes.data(), bytes.size(), 0)) > 0;) {
        taken += static_cast<std::size_t>(got);
    }
    return taken;
}

} // namespace

TcpFlow::TcpFlow(const IpAddress& address) : address_{address}, listener_{new_socket(address)} {
    auto own = socket_address(address);
    check(::bind(listener_.get(), own.get(), own.size), "listen at {}", to_string(address));
    check(::listen(listener_.get(), 1), "listen at {}", to_string(address));
}

bool TcpFlow::connect(Duration time) {
    SocketAddress there;
    check(::getsockname(listener_.get(), there.get(), &there.size), "ask for the port");
    sender_ = new_socket(address_);
    if (::connect(sender_.get(), there.get(), there.size) < 0 && errno != EINPROGRESS) {
        return false;
    }
    ::pollfd wait{listener_.get(), POLLIN, 0};
    if (::poll(&wait, 1, milliseconds_until(TrialClock::now() + time)) <= 0) {
        return false;
    }
    receiver_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    return static_cast<bool>(receiver_);
}

std::optional<double> TcpFlow::measure(Duration time) {
    if (!connect(time)) {
        return std::nullopt;
    }
    const std::vector<char> outgoing(flow_piece);
    std::vector<char> incoming(flow_piece);
    const auto begin = TrialClock::now();
    const auto counts = begin + time / settling_share;
    const auto end = begin + time;
    std::size_t counted = 0;
    for (auto now = begin; now < end; now = TrialClock::now()) {
        std::array<::pollfd, 2> waits{{{sender_.get(), POLLOUT, 0}, {receiver_.get(), POLLIN, 0}}};
        ::poll(waits.data(), waits.size(), milliseconds_until(end));
        if ((waits[0].revents & POLLOUT) != 0) {
            send_some(sender_.get(), outgoing);
        }
        const auto taken = take_some(receiver_.get(), incoming);
        counted += now >= counts ? taken : 0;
        if ((waits[0].revents & POLLERR) != 0) {
            break;
        }
    }
    const auto seconds = std::chrono::duration<double>{end - counts}.count();
    return static_cast<double>(counted) * 8 / seconds;
}

} // namespace netlab
