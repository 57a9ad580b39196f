#include "relay/host_port.h"
#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/sockets.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using nlohmann::json;

/// Sends back what comes to port 7, by TCP until the client ends, and by UDP.
constexpr const char* echo = R"("import socket, threading
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('', 7))
t = socket.create_server(('', 7), backlog=1000)
def datagrams():
    while True:
        u.sendto(*u.recvfrom(65535))
def connection(c):
    while data := c.recv(65536):
        c.sendall(data)
    c.close()
threading.Thread(target=datagrams, daemon=True).start()
print('up', flush=True)
while True:
    threading.Thread(target=connection, args=t.accept()[:1], daemon=True).start()
")";

std::string echo_lab(const std::string& publish) {
    std::string script = echo;
    for (auto at = script.find('\n'); at != std::string::npos; at = script.find('\n', at)) {
        script.replace(at, 1, "\\n");
    }
    return fmt::format(
        R"({{ "nodes": {{ "e": {{ "publish": [{}], "files": {{ "/opt/echo.py": {} }},
        "run": [{{ "name": "echo", "command": "exec python3 /opt/echo.py", "ready": {{ "log": "up" }} }}] }},
        "other": {{ "run": ["exec sleep 1000"] }} }}, "links": [["e", "other"]] }})",
        publish, script);
}

struct EchoLab {
    explicit EchoLab(const Workshop& workshop)
        : tcp(free_port()), udp(free_port(true)),
          lab(workshop, echo_lab(fmt::format(R"("{}:7", "{}:7/udp")", tcp, udp))) {}

    std::uint16_t tcp;
    std::uint16_t udp;
    LabUnderTest lab;
};

std::string echoed(std::uint16_t port, const std::string& text) {
    const auto socket = connect_to(port);
    send_all(socket, text);
    finish(socket);
    return receive_rest(socket);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The process that serves the published ports of a lab.
pid_t relay_of(const LabUnderTest& lab) {
    for (const auto& process : processes_of(lab.name())) {
        if (has(content_of("/proc/" + std::to_string(process.pid) + "/cmdline"),
                "netlab: published ports")) {
            return process.pid;
        }
    }
    return -1;
}

/// The kernel's names of the files that a process has open.
std::vector<std::string> files_of(pid_t pid) {
    std::vector<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd"}) {
        std::error_code gone;
        names.push_back(std::filesystem::read_symlink(file.path(), gone));
    }
    return names;
}

/// The file of a TCP port that listens, as files_of names it.
std::string file_of(std::uint16_t port) {
    const auto table = content_of("/proc/net/tcp");
    const auto at = table.find(fmt::format(": 0100007F:{:04X} 00000000:0000 0A", port));
    REQUIRE(at != std::string::npos);
    std::istringstream fields{table.substr(at + 2)};
    std::string field;
    for (int i = 0; i < 9; ++i) {
        fields >> field;
    }
    return "socket:[" + field + "]";
}

bool is_free(std::uint16_t port) {
    try {
        return static_cast<bool>(open_host_port(*parse_address("127.0.0.1"), port, false));
    } catch (const std::system_error&) {
        return false;
    }
}

} // namespace

// host ... e --- other
TEST_CASE("a published port reaches a node's service from the host, by TCP and by UDP") {
    const Workshop workshop;
    const EchoLab echo{workshop};
    CHECK(has(echo.lab.up().out, fmt::format("127.0.0.1:{} -> e:7\n", echo.tcp)));
    CHECK(has(echo.lab.up().out, fmt::format("127.0.0.1:{}/udp -> e:7/udp\n", echo.udp)));
    CHECK(echoed(echo.tcp, "hello") == "hello");
    const auto client = connect_to(echo.udp, true);
    CHECK(eventually([&] {
        std::array<char, 16> bytes{};
        ::usleep(1000);
        return ::send(client.get(), "hello", 5, 0) == 5 &&
               ::recv(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) == 5;
    }));
    const auto inspected = json::parse(echo.lab.netlab("inspect", {"--json", "e"}).out);
    const json expected{
        {{"address", "127.0.0.1"}, {"port", echo.tcp}, {"node_port", 7}, {"protocol", "tcp"}},
        {{"address", "127.0.0.1"}, {"port", echo.udp}, {"node_port", 7}, {"protocol", "udp"}}};
    CHECK(inspected["nodes"][0]["publish"] == expected);
    CHECK(has(echo.lab.netlab("inspect", {"e"}).out, fmt::format("127.0.0.1:{}/udp", echo.udp)));
    CHECK_FALSE(has(echo.lab.netlab("inspect", {"other"}).out, "127.0.0.1"));
}

TEST_CASE("a megabyte both ways at once comes back whole, also by hundreds of connections") {
    const Workshop workshop;
    const EchoLab echo{workshop};
    const auto text = noise(1U << 20U, 3);
    const auto client = connect_to(echo.tcp);
    std::thread sender{[&] {
        send_all(client, text);
        finish(client);
    }};
    const auto back = receive_rest(client);
    sender.join();
    CHECK((back == text));
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 500; ++i) {
        clients.push_back(connect_to(echo.tcp));
        send_all(clients.back(), std::to_string(i));
        finish(clients.back());
    }
    for (int i = 0; i < 500; ++i) {
        CHECK(receive_rest(clients[static_cast<std::size_t>(i)]) == std::to_string(i));
    }
}

TEST_CASE("a port that is taken refuses the lab before anything is made, and names the line") {
    const Workshop workshop;
    const auto taken = free_port();
    const LabUnderTest first{
        workshop, fmt::format(R"({{ "nodes": {{ "a": {{ "publish": ["{}:80"] }} }} }})", taken)};
    const auto name = Workshop::lab_name();
    const auto up =
        workshop.netlab({"up", "--lab", name,
                         workshop.write("second.json", fmt::format(R"({{ "nodes": {{
  "b": {{ "publish": ["{}:80", "{}:81"] }} }} }})",
                                                                   free_port(), taken))});
    CHECK(up.code == 1);
    CHECK(up.out.empty());
    CHECK(has(up.err, fmt::format("cannot publish port 81 of b as 127.0.0.1:{}", taken)));
    CHECK(has(up.err, "has that port already"));
    CHECK(has(up.err, "second.json:2:"));
    CHECK(has(up.err, "while publishing this port"));
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE(
    "an address that this host does not have, or a port that is root's, is refused in words") {
    const Workshop workshop;
    const auto refused = [&](const std::string& port) {
        const auto name = Workshop::lab_name();
        const auto up =
            workshop.netlab({"up", "--lab", name,
                             workshop.write("a.json", R"({ "nodes": { "a": { "publish": [")" +
                                                          port + R"("] } } })")});
        CHECK(up.code == 1);
        CHECK(workshop.left_of(name) == "");
        return up.err;
    };
    CHECK(has(refused("192.0.2.1:8080:80"), "this host has no such address"));
    const auto first = std::stoi(content_of("/proc/sys/net/ipv4/ip_unprivileged_port_start"));
    if (::geteuid() != 0 && first > 1) {
        CHECK(has(refused("1:80"), fmt::format("ports below {} are root's here", first)));
    }
}

TEST_CASE("the process that serves published ports is replaced when it is killed") {
    const Workshop workshop;
    const EchoLab echo{workshop};
    for (int i = 0; i < 3; ++i) {
        const auto relay = relay_of(echo.lab);
        REQUIRE(relay > 0);
        const auto old = connect_to(echo.tcp);
        REQUIRE(::kill(relay, SIGKILL) == 0);
        CHECK(eventually([&] { return relay_of(echo.lab) > 0 && relay_of(echo.lab) != relay; }));
        CHECK(echoed(echo.tcp, "again") == "again");
    }
    CHECK(has(content_of(workshop.state_of(echo.lab.name()) / "log"),
              "the process of the published ports has gone, killed by signal 9"));
}

TEST_CASE("a published port goes on when its service or its node is stopped and started") {
    const Workshop workshop;
    const EchoLab echo{workshop};
    CHECK(echo.lab.netlab("stop", {"e/echo"}).code == 0);
    CHECK(has(echoed(echo.tcp, ""), "reset"));
    CHECK(echo.lab.netlab("start", {"e/echo"}).code == 0);
    CHECK(echoed(echo.tcp, "started") == "started");
    CHECK(echo.lab.netlab("restart", {"e"}).code == 0);
    CHECK(echoed(echo.tcp, "restarted") == "restarted");
    ::kill(echo.lab.init_of("e"), SIGKILL);
    CHECK(eventually([&] { return has(echoed(echo.tcp, ""), "reset"); }));
}

TEST_CASE("no node has a published port open, and it is free when the supervisor has been killed") {
    const Workshop workshop;
    const auto name = [&] {
        const EchoLab echo{workshop};
        const auto file = file_of(echo.tcp);
        const auto has_it = [&](pid_t pid) {
            const auto files = files_of(pid);
            return std::find(files.begin(), files.end(), file) != files.end();
        };
        CHECK(has_it(echo.lab.supervisor()));
        CHECK(has_it(relay_of(echo.lab)));
        CHECK_FALSE(has_it(echo.lab.init_of("e")));
        CHECK_FALSE(has_it(echo.lab.init_of("other")));
        const auto client = connect_to(echo.tcp);
        REQUIRE(::kill(echo.lab.supervisor(), SIGKILL) == 0);
        CHECK(eventually([&] { return is_free(echo.tcp); }));
        const LabUnderTest next{
            workshop,
            fmt::format(R"({{ "nodes": {{ "a": {{ "publish": ["{}:80"] }} }} }})", echo.tcp)};
        workshop.netlab({"ls"}); // clears the folder of the killed one away
        return echo.lab.name();
    }();
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a lab that publishes nothing has no process for it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {} } })"};
    CHECK(relay_of(lab) == -1);
}

} // namespace netlab::test
