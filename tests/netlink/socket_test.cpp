#include "netlink/read.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <cerrno>
#include <chrono>

#include <linux/rtnetlink.h>

using namespace netlab;
using namespace netlab::test;

namespace {

RequestError refusal(Socket& socket, const Batch& batch) {
    try {
        socket.execute(batch);
    } catch (const RequestError& error) {
        return error;
    }
    throw std::runtime_error{"the kernel refused nothing"};
}

void add_link_of_kind(Batch& batch, Tag tag, std::string_view kind) {
    batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, tag, ifinfomsg{});
    batch.nest(IFLA_LINKINFO, [&] { batch.put(IFLA_INFO_KIND, kind); });
}

} // namespace

TEST_CASE("300 veth pairs in one batch lose no acknowledgement") {
    Home home;
    const Neighbour right;
    Batch batch;
    for (int i = 0; i < 300; ++i) {
        const auto name = "eth" + std::to_string(i);
        new_veth(batch, static_cast<Tag>(i), {.name = name}, {.netns = right.pid(), .name = name});
    }
    CHECK(batch.size() == 300);
    home.socket.execute(batch);
    CHECK(ip("link").size() == 301);
    CHECK(ip_in(right, "link").size() == 301);
}

TEST_CASE("2000 refused requests lose no acknowledgement") {
    Home home;
    Batch batch;
    for (Tag tag = 0; tag < 2000; ++tag) {
        set_up(batch, tag + 5, 12345);
    }
    const auto error = refusal(home.socket, batch);
    CHECK(error.tag() == 5);
    CHECK(error.code().value() == ENODEV);
}

TEST_CASE("a receive buffer as small as the kernel allows loses no acknowledgement") {
    Home home;
    Socket socket{std::chrono::seconds{30}, 1};
    Batch batch;
    for (Tag tag = 0; tag < 300; ++tag) {
        set_up(batch, tag, tag % 2 == 0 ? 1 : 12345);
    }
    const auto error = refusal(socket, batch);
    CHECK(error.tag() == 1);
    CHECK(error.code().value() == ENODEV);
    CHECK(Reader{}.interfaces().front().up);
}

TEST_CASE("an empty batch is carried out at once") {
    Home home;
    home.socket.execute(Batch{});
    SUCCEED();
}

TEST_CASE("the first refused request gives its tag, and those behind it are carried out") {
    Home home;
    Batch batch;
    new_veth(batch, 1, {.name = "a"}, {.name = "b"});
    new_veth(batch, 2, {.name = "a"}, {.name = "c"});
    new_veth(batch, 3, {.name = "b"}, {.name = "d"});
    for (Tag tag = 4; tag < 204; ++tag) {
        const auto name = "e" + std::to_string(tag);
        new_veth(batch, tag, {.name = name}, {.name = name + "p"});
    }
    const auto error = refusal(home.socket, batch);
    CHECK(error.tag() == 2);
    CHECK(error.code() == std::errc::file_exists);
    CHECK(std::string{error.what()} == "File exists");
    CHECK(error.kernel_text().empty());
    CHECK(ip("link").size() == 1 + 2 + 400);
}

TEST_CASE("a refusal keeps the kernel's own text") {
    Home home;
    Batch batch;
    add_link_of_kind(batch, 77, "nosuchkind");
    const auto error = refusal(home.socket, batch);
    CHECK(error.tag() == 77);
    CHECK(error.code().value() == EOPNOTSUPP);
    CHECK(error.kernel_text() == "Unknown device type");
    CHECK(std::string{error.what()} == "Unknown device type");
}

TEST_CASE("a process that does not exist is refused as a namespace") {
    Home home;
    Batch batch;
    new_veth(batch, 4, {.netns = 999'999, .name = "a"}, {.name = "b"});
    const auto error = refusal(home.socket, batch);
    CHECK(error.tag() == 4);
    CHECK(error.code().value() == ESRCH);
    CHECK(ip("link").size() == 1);
}

TEST_CASE("a name of 16 bytes is refused in the kernel's words") {
    Home home;
    Batch batch;
    new_veth(batch, 8, {.name = "a234567890123456"}, {.name = "b"});
    const auto error = refusal(home.socket, batch);
    CHECK(error.code().value() == ERANGE);
    CHECK(!error.kernel_text().empty());
}

TEST_CASE("after a refusal the socket and the cleared batch are as good as new") {
    Home home;
    Batch batch;
    delete_link(batch, 1, 999);
    CHECK(refusal(home.socket, batch).code().value() == ENODEV);
    batch.clear();
    CHECK(batch.empty());
    new_veth(batch, 1, {.name = "a"}, {.name = "b"});
    home.socket.execute(batch);
    CHECK(ip("link").size() == 3);
}

TEST_CASE("a request that the kernel never acknowledges is an error, not a hang") {
    Home home;
    Socket socket{std::chrono::milliseconds{100}};
    Batch batch;
    set_up(batch, 1, 1);
    // Its body is a message header that claims more bytes than there are: the kernel stops reading
    // there.
    Batch broken;
    broken.begin(RTM_NEWLINK, 0, 3, ifinfomsg{});
    const auto bytes = broken.request(0);
    auto* header = reinterpret_cast<nlmsghdr*>(const_cast<std::byte*>(bytes.data()));
    header->nlmsg_len += 4;

    const auto start = std::chrono::steady_clock::now();
    const auto error = refusal(socket, broken);
    CHECK(error.tag() == 3);
    CHECK(error.code() == std::errc::timed_out);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{20});

    socket.execute(batch); // and the conversation goes on
    CHECK(Reader{}.interfaces().front().up);
}

TEST_CASE("a request that is answered otherwise than by an acknowledgement is no hang either") {
    Home home;
    Socket socket{std::chrono::milliseconds{100}};
    Batch batch;
    batch.begin(RTM_GETLINK, NLM_F_DUMP, 6, ifinfomsg{});
    CHECK(refusal(socket, batch).code() == std::errc::timed_out);
}

TEST_CASE("an attribute over the 64 KB of its length field is refused before it is sent") {
    Batch batch;
    batch.begin(RTM_NEWLINK, 0, 0, ifinfomsg{});
    CHECK_THROWS_AS(batch.put(IFLA_IFNAME, std::string(70'000, 'x')), std::system_error);
    const std::string part(40'000, 'x');
    CHECK_THROWS_AS(batch.nest(IFLA_LINKINFO,
                               [&] {
                                   batch.put(IFLA_INFO_KIND, part);
                                   batch.put(IFLA_INFO_KIND, part);
                               }),
                    std::system_error);
}
