#include "relay/relayed.h"
#include "relay/socket_address.h"
#include "support/catch.h"

#include <array>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab::test {

namespace {

Relayed::Setting udp(const char* host_address = "127.0.0.1",
                     std::vector<std::string> addresses = {"127.0.0.1", "::1"}) {
    return {true, host_address, std::move(addresses)};
}

/// The next datagram, or nothing after `patience`.
std::string datagram(const UniqueFd& socket, int patience_ms = 30'000,
                     SocketAddress* from = nullptr) {
    pollfd waiting{socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) <= 0) {
        return "(nothing)";
    }
    SocketAddress unwanted;
    auto& sender = from == nullptr ? unwanted : *from;
    std::string bytes(70'000, '\0');
    const auto size =
        ::recvfrom(socket.get(), bytes.data(), bytes.size(), 0, sender.get(), &sender.size);
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return size < 0 ? "(refused)" : bytes;
}

bool send(const UniqueFd& socket, const std::string& text) {
    return ::send(socket.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

/// Sends every datagram back that comes.
std::string echo(const UniqueFd& socket, int patience_ms = 30'000) {
    SocketAddress from;
    const auto text = datagram(socket, patience_ms, &from);
    if (text != "(nothing)") {
        ::sendto(socket.get(), text.data(), text.size(), 0, from.get(), from.size);
    }
    return text;
}

} // namespace

// host:port --- relay --- node:80
TEST_CASE("each client's datagrams reach the node, and the replies that client") {
    const Relayed relayed{udp()};
    const auto server = relayed.listen();
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(connect_to(relayed.port(), true));
        CHECK(send(clients.back(), std::to_string(i)));
    }
    for (int i = 0; i < 20; ++i) {
        CHECK(echo(server) != "(nothing)");
    }
    for (int i = 0; i < 20; ++i) {
        CHECK(datagram(clients[static_cast<std::size_t>(i)]) == std::to_string(i));
    }
    const auto largest = noise(65'507, 7);
    CHECK(send(clients[0], largest));
    CHECK((echo(server) == largest));
    CHECK((datagram(clients[0]) == largest));
    CHECK(send(clients[0], ""));
    CHECK(echo(server).empty());
    CHECK(datagram(clients[0]).empty());
}

TEST_CASE("a reply comes from the address that was asked") {
    const auto [all, asked] = GENERATE(std::pair{"0.0.0.0", "127.0.0.5"}, std::pair{"::", "::1"});
    const Relayed relayed{udp(all)};
    const auto server = relayed.listen();
    const auto client = connect_to(relayed.port(), true, asked); // takes no other's replies
    CHECK(send(client, "who?"));
    CHECK(echo(server) == "who?");
    CHECK(datagram(client) == "who?");
}

TEST_CASE("a datagram finds the address of the node at which something listens, also a later one") {
    const Relayed relayed{udp("127.0.0.1", {"192.0.2.1", "10.9.9.9", "127.0.0.1", "::1"})};
    shell_in(relayed.node(), "ip address add 10.9.9.9/32 dev lo");
    const auto client = connect_to(relayed.port(), true);
    CHECK(send(client, "too early"));
    ::usleep(50'000);
    for (const auto* address : {"::1", "10.9.9.9", "127.0.0.1"}) {
        const auto server = relayed.listen(address);
        std::string text = "(nothing)";
        CHECK(eventually(
            [&] { return send(client, address) && (text = echo(server, 100)) != "(nothing)"; }));
        CHECK(text == address);
        CHECK(datagram(client) == address);
        while (datagram(client, 100) != "(nothing)") {
        }
    }
}

TEST_CASE("1024 clients are remembered, and the oldest goes for the next") {
    const Relayed relayed{udp()};
    const auto server = relayed.listen();
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 1100; ++i) {
        clients.push_back(connect_to(relayed.port(), true));
        CHECK(send(clients.back(), "hello"));
        CHECK(echo(server) == "hello");
        CHECK(datagram(clients.back()) == "hello");
    }
    CHECK(relayed.open_files() <= 1024 + 16);
    CHECK(relayed.open_files() > 1000);
    CHECK(send(clients.front(), "again"));
    CHECK(echo(server) == "again");
    CHECK(datagram(clients.front()) == "again");
}

TEST_CASE("when a node ends its clients are forgotten") {
    Relayed relayed{udp()};
    const auto before = relayed.open_files();
    {
        const auto server = relayed.listen();
        const auto client = connect_to(relayed.port(), true);
        CHECK(send(client, "hello"));
        CHECK(echo(server) == "hello");
        CHECK(datagram(client) == "hello");
        relayed.end_node();
    }
    CHECK(eventually([&] { return relayed.open_files() <= before; }));
    const auto client = connect_to(relayed.port(), true);
    CHECK(send(client, "anybody?"));
    CHECK(datagram(client, 200) == "(nothing)");
}

} // namespace netlab::test
