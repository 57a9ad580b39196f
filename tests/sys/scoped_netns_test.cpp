#include "support/catch.h"
#include "support/world.h"
#include "sys/scoped_netns.h"

#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace netlab::test {

namespace {

std::string network_of(const std::string& pid) {
    return std::filesystem::read_symlink("/proc/" + pid + "/ns/net");
}

} // namespace

TEST_CASE("a thread is in another network namespace while a ScopedNetns lives, and back after it") {
    const Neighbour neighbour;
    const auto home = network_of("self");
    const auto there = network_of(std::to_string(neighbour.pid()));
    REQUIRE(home != there);
    {
        const ScopedNetns netns{neighbour.pid()};
        CHECK(network_of("thread-self") == there);
    }
    CHECK(network_of("thread-self") == home);
    {
        const UniqueFd fd{::open(("/proc/" + std::to_string(neighbour.pid()) + "/ns/net").c_str(),
                                 O_RDONLY | O_CLOEXEC)};
        const ScopedNetns netns{fd};
        CHECK(network_of("thread-self") == there);
    }
    CHECK(network_of("thread-self") == home);
}

TEST_CASE("a process that is gone is an error, and the thread stays where it was") {
    const auto home = network_of("self");
    CHECK_THROWS_AS(ScopedNetns{pid_t{4'000'000}}, std::system_error);
    CHECK(network_of("thread-self") == home);
}

TEST_CASE("a UniqueFd closes what it holds, and nothing that it gave away") {
    const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    {
        UniqueFd first{number};
        UniqueFd second{std::move(first)};
        CHECK_FALSE(first);
        CHECK(second.get() == number);
        first = std::move(second);
        CHECK(::fcntl(number, F_GETFD) >= 0);
    }
    CHECK(::fcntl(number, F_GETFD) < 0);
    const int kept = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(UniqueFd{kept}.release() == kept);
    CHECK(::fcntl(kept, F_GETFD) >= 0);
    ::close(kept);
}

} // namespace netlab::test
