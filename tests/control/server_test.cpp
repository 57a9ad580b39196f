#include "control/client.h"
#include "control/frame.h"
#include "support/catch.h"
#include "support/lab_under_test.h"

#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// A connection that does not keep to the protocol.
UniqueFd connect_to(const LabUnderTest& lab) {
    UniqueFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (lab.workshop().state_of(lab.name()) / "control.sock").string();
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
    return socket;
}

void send_bytes(const UniqueFd& socket, const std::string& bytes) {
    std::ignore = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool works(const LabUnderTest& lab) {
    return lab.sh("h1", "ping -c1 -W4 h2").code == 0;
}

} // namespace

TEST_CASE("a supervisor outlives whatever is sent to its socket") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const auto& bytes :
         {std::string{"GET / HTTP/1.0\r\n\r\n"}, std::string{"\xff\xff\xff\xff"},
          std::string(4, '\0'), std::string{"\2\0\0\0[]", 6}, std::string{"\4\0\0\0null", 8},
          std::string{"\1", 1}, std::string(1'000'000, 'x')}) {
        const auto socket = connect_to(lab);
        send_bytes(socket, bytes);
    }
    CHECK(works(lab));
}

TEST_CASE("a command that says nothing, or does not read its answer, does not hold up the others") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    std::vector<UniqueFd> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(connect_to(lab));
    }
    const auto deaf = connect_to(lab);
    const std::string request = R"({"kind":"join","nodes":["all"]})";
    for (int i = 0; i < 20; ++i) {
        const auto size = static_cast<std::uint32_t>(request.size());
        send_bytes(deaf, std::string{reinterpret_cast<const char*>(&size), sizeof size} + request);
    }
    CHECK(works(lab));
}

TEST_CASE("the answers name each selected node, and come with a descriptor of its init") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-210]": { "env": { "A": "1" } } } })"};
    LabClient client{workshop.state_of(lab.name())};
    const auto handles = client.join({"all"});
    REQUIRE(handles.size() == 210);
    CHECK(handles.front().node.name == "h1");
    CHECK(handles.back().node.name == "h210");
    CHECK(handles.back().node.env.at("A") == "1");
    for (const auto& handle : handles) {
        REQUIRE(handle.pidfd);
        pollfd wait{handle.pidfd.get(), POLLIN, 0};
        REQUIRE(::poll(&wait, 1, 0) == 0); // it runs
    }
    CHECK(client.nodes({"h[2-3]"}).size() == 2);
}

TEST_CASE("the state folder and the socket are for their owner only") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    struct stat status {};
    for (const auto& path : {workshop.state(), workshop.state_of(lab.name())}) {
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == 0700);
        CHECK(status.st_uid == ::geteuid());
    }
}

} // namespace netlab::test
