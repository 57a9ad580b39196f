#include "relay/relayed.h"
#include "support/catch.h"
#include "sys/text_file.h"

#include <cstring>
#include <sstream>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab::test {

namespace {

const std::string broken = std::string{"!"} + std::strerror(ECONNRESET);

/// What proc_pid_status(5) says of the process's own memory, in KiB: not what it shares with the
/// test.
long anonymous_memory(pid_t process) {
    const auto status = read_file("/proc/" + std::to_string(process) + "/status");
    const auto at = status.find("RssAnon:");
    return std::stol(status.substr(at + 8));
}

/// In clock ticks, a hundredth of a second.
long cpu_ticks(pid_t process) {
    const auto stat = read_file("/proc/" + std::to_string(process) + "/stat");
    std::istringstream fields{stat.substr(stat.rfind(')') + 2)};
    std::string skipped;
    for (int i = 3; i < 14; ++i) {
        fields >> skipped;
    }
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return user + system;
}

/// Sends until nothing is taken any more.
void fill(const UniqueFd& socket) {
    const std::string bytes(65536, 'x');
    for (int refused = 0; refused < 20;) {
        if (::send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            ++refused;
            ::usleep(20'000);
        } else {
            refused = 0;
        }
    }
}

} // namespace

// host:port --- relay --- node:80
TEST_CASE("what one side says reaches the other, and each side ends by itself") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port());
    const auto server = accept_from(listener);
    send_all(client, "question");
    CHECK(receive(server, 8) == "question");
    finish(client);
    CHECK(receive_rest(server).empty());
    send_all(server, "answer");
    CHECK(receive(client, 6) == "answer");
    send_all(server, ", and more");
    finish(server);
    CHECK(receive_rest(client) == ", and more");
    const auto before = relayed.open_files();
    CHECK(eventually([&] { return relayed.open_files() <= before; }));
}

TEST_CASE("a side that ends first can be the node's") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port());
    const auto server = accept_from(listener);
    send_all(server, "welcome");
    finish(server);
    CHECK(receive_rest(client) == "welcome");
    send_all(client, "thank you");
    finish(client);
    CHECK(receive_rest(server) == "thank you");
}

TEST_CASE("megabytes both ways at once arrive as they were sent") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port());
    const auto server = accept_from(listener);
    const auto there = noise(12U << 20U, 1);
    const auto back = noise(9U << 20U, 2);
    const auto say = [](const UniqueFd& socket, const std::string& bytes) {
        return std::thread{[&] {
            send_all(socket, bytes);
            finish(socket);
        }};
    };
    auto one = say(client, there);
    auto two = say(server, back);
    std::string arrived;
    std::thread reader{[&] { arrived = receive_rest(server); }};
    const auto answered = receive_rest(client);
    one.join();
    two.join();
    reader.join();
    CHECK((arrived == there)); // in parentheses, or a difference would be printed
    CHECK((answered == back));
}

TEST_CASE("a client of a port at which nothing listens is told by a reset") {
    const Relayed relayed;
    CHECK(receive_rest(connect_to(relayed.port())) == broken);
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port());
    send_all(accept_from(listener), "here");
    CHECK(receive_rest(client) == "here");
}

TEST_CASE("of the node's addresses the first at which something listens is taken") {
    const Relayed relayed{{false, "127.0.0.1", {"192.0.2.1", "10.9.9.9", "127.0.0.1", "::1"}}};
    shell_in(relayed.node(), "ip address add 10.9.9.9/32 dev lo");
    const auto last = relayed.listen("::1");
    const auto first = connect_to(relayed.port());
    send_all(accept_from(last), "by ::1");
    CHECK(receive_rest(first) == "by ::1");
    const auto middle = relayed.listen("10.9.9.9");
    const auto second = connect_to(relayed.port());
    send_all(accept_from(middle), "by 10.9.9.9");
    CHECK(receive_rest(second) == "by 10.9.9.9");
}

TEST_CASE("a port is published over IPv6 as well") {
    const Relayed relayed{{false, "::1", {"127.0.0.1"}}};
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port(), false, "::1");
    send_all(accept_from(listener), "hello");
    CHECK(receive_rest(client) == "hello");
}

TEST_CASE("a connection that is broken off on one side is broken off on the other") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    auto client = connect_to(relayed.port());
    auto server = accept_from(listener);
    break_off(client);
    CHECK(receive_rest(server) == broken);
    client = connect_to(relayed.port());
    server = accept_from(listener);
    break_off(server);
    CHECK(receive_rest(client) == broken);
    // The same behind an end of one side.
    client = connect_to(relayed.port());
    server = accept_from(listener);
    finish(server);
    CHECK(receive_rest(client).empty());
    break_off(server);
    pollfd ended{client.get(), 0, 0};
    CHECK(::poll(&ended, 1, 30'000) == 1);
    CHECK((ended.revents & POLLHUP) != 0);
}

TEST_CASE("sides that do not read hold up nobody else, and cost the process no memory") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto memory = anonymous_memory(relayed.process());
    std::vector<UniqueFd> held;
    for (int i = 0; i < 8; ++i) {
        held.push_back(connect_to(relayed.port()));
        held.push_back(accept_from(listener));
        fill(held[held.size() - (i % 2 == 0 ? 2 : 1)]);
    }
    const auto client = connect_to(relayed.port());
    const auto server = accept_from(listener);
    send_all(client, "still here");
    CHECK(receive(server, 10) == "still here");
    CHECK(anonymous_memory(relayed.process()) - memory < 2048);
    // Nor is anything lost of what waits.
    finish(held[0]);
    const auto waiting = receive_rest(held[1]);
    CHECK(waiting.size() > 100'000);
    CHECK(waiting.find_first_not_of('x') == std::string::npos);
}

TEST_CASE("500 connections are served at once") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    std::vector<UniqueFd> clients;
    std::vector<UniqueFd> servers;
    for (int i = 0; i < 500; ++i) {
        clients.push_back(connect_to(relayed.port()));
        servers.push_back(accept_from(listener));
        send_all(clients.back(), std::to_string(1000 + i));
    }
    for (const auto& server : servers) {
        send_all(server, receive(server, 4));
        finish(server);
    }
    for (int i = 0; i < 500; ++i) {
        CHECK(receive_rest(clients[static_cast<std::size_t>(i)]) == std::to_string(1000 + i));
    }
}

TEST_CASE("without descriptors the port waits at rest, and goes on when there are some") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto first = connect_to(relayed.port());
    const auto accepted = accept_from(listener);
    rlimit limit{};
    REQUIRE(::prlimit(relayed.process(), RLIMIT_NOFILE, nullptr, &limit) == 0);
    const rlimit none{3, limit.rlim_max}; // what is open stays so
    REQUIRE(::prlimit(relayed.process(), RLIMIT_NOFILE, &none, nullptr) == 0);
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(connect_to(relayed.port()));
    }
    ::sleep(1);
    const auto before = cpu_ticks(relayed.process());
    ::sleep(1);
    CHECK(cpu_ticks(relayed.process()) - before < 20);
    send_all(first, "still here");
    CHECK(receive(accepted, 10) == "still here");
    REQUIRE(::prlimit(relayed.process(), RLIMIT_NOFILE, &limit, nullptr) == 0);
    for (const auto& client : clients) {
        send_all(client, "x");
        finish(client);
    }
    for (int i = 0; i < 20; ++i) {
        CHECK(receive_rest(accept_from(listener)) == "x");
    }
}

TEST_CASE("when a node ends its connections are broken off, and nothing keeps its namespace") {
    Relayed relayed;
    const auto before = relayed.open_files();
    const auto client = [&] {
        const auto listener = relayed.listen();
        auto connected = connect_to(relayed.port());
        const auto server = accept_from(listener);
        send_all(server, "x");
        CHECK(receive(connected, 1) == "x");
        relayed.end_node();
        CHECK(receive_rest(connected) == broken);
        return connected;
    }();
    CHECK(eventually([&] { return relayed.open_files() <= before; }));
    CHECK(receive_rest(connect_to(relayed.port())) == broken);
}

TEST_CASE("a process that is killed loses its connections and no port") {
    Relayed relayed;
    const auto listener = relayed.listen();
    const auto old = connect_to(relayed.port());
    const auto server = accept_from(listener);
    relayed.kill_process();
    CHECK(receive_rest(server).empty()); // the kernel has closed it
    const auto early = connect_to(relayed.port());
    relayed.start();
    send_all(accept_from(listener), "anew");
    CHECK(receive_rest(early) == "anew");
}

TEST_CASE("the process has nothing open but its port, its node and what it needs itself") {
    const Relayed relayed;
    const auto listener = relayed.listen();
    const auto client = connect_to(relayed.port());
    const auto server = accept_from(listener);
    // stdin, stdout, stderr, the port, the node; epoll, its interrupter and its timer; two sockets
    CHECK(relayed.open_files() <= 10);
}

} // namespace netlab::test
