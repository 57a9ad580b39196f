#include "support/sockets.h"

#include "relay/host_port.h"
#include "relay/socket_address.h"
#include "support/catch.h"
#include "sys/check.h"

#include <array>
#include <cstring>
#include <random>
#include <stdexcept>

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

namespace netlab::test {

namespace {

void set_patience(const UniqueFd& socket) {
    const timeval patience{30, 0};
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        check(::setsockopt(socket.get(), SOL_SOCKET, option, &patience, sizeof patience),
              "be patient");
    }
}

} // namespace

std::uint16_t port_of(const UniqueFd& socket) {
    SocketAddress address;
    check(::getsockname(socket.get(), address.get(), &address.size), "ask for a port");
    sockaddr_in in{}; // the port is at the same place in both families
    std::memcpy(&in, &address.storage, sizeof in);
    return ntohs(in.sin_port);
}

std::uint16_t free_port(bool udp) {
    return port_of(open_host_port(*parse_address("127.0.0.1"), 0, udp));
}

UniqueFd connect_to(std::uint16_t port, bool udp, const std::string& address) {
    const auto host = *parse_address(address);
    UniqueFd socket{check(
        ::socket(socket_family(host.family), (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0),
        "make a socket")};
    set_patience(socket);
    const auto there = socket_address(host, port);
    check(::connect(socket.get(), there.get(), there.size), "connect to port {}", port);
    return socket;
}

UniqueFd accept_from(const UniqueFd& listener) {
    pollfd waiting{listener.get(), POLLIN, 0};
    ::poll(&waiting, 1, 30'000);
    UniqueFd socket{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    REQUIRE(socket);
    set_patience(socket);
    return socket;
}

void send_all(const UniqueFd& socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            throw std::runtime_error{std::string{"cannot send: "} + std::strerror(errno)};
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive(const UniqueFd& socket, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const auto more = ::recv(socket.get(), bytes.data() + got, size - got, 0);
        if (more <= 0) {
            break;
        }
        got += static_cast<std::size_t>(more);
    }
    bytes.resize(got);
    return bytes;
}

std::string receive_rest(const UniqueFd& socket) {
    std::string bytes;
    std::array<char, 65536> piece{};
    for (;;) {
        const auto got = ::recv(socket.get(), piece.data(), piece.size(), 0);
        if (got <= 0) {
            return got == 0 ? bytes : bytes + "!" + std::strerror(errno);
        }
        bytes.append(piece.data(), static_cast<std::size_t>(got));
    }
}

void finish(const UniqueFd& socket) {
    ::shutdown(socket.get(), SHUT_WR); // refused where it was broken off meanwhile
}

void break_off(UniqueFd& socket) {
    const linger at_once{1, 0};
    check(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
          "break a connection off");
    socket.reset();
}

std::string noise(std::size_t size, unsigned number) {
    std::mt19937 random{number};
    std::string bytes(size, '\0');
    for (auto& byte : bytes) {
        byte = static_cast<char>(random());
    }
    return bytes;
}

} // namespace netlab::test
