#include "packet/tap.h"
#include "support/catch.h"
#include "support/world.h"
#include "sys/scoped_netns.h"

#include <system_error>

namespace netlab::test {

namespace {

int error_of(const TapSettings& settings) {
    try {
        open_tap(settings);
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

} // namespace

TEST_CASE("a TAP is born as it was asked for: down, without a carrier, in the thread's namespace") {
    const Neighbour node;
    UniqueFd tap;
    {
        const ScopedNetns there{node.pid()};
        tap = open_tap({"wan", 77, MacAddress{{2, 0, 0, 0, 0, 9}}, 9000});
    }
    const auto link = shell_in(node, "ip -d link show wan").output;
    INFO(link);
    CHECK(link.starts_with("77: wan: "));
    CHECK(link.find("link/ether 02:00:00:00:00:09") != std::string::npos);
    CHECK(link.find("mtu 9000") != std::string::npos);
    CHECK(link.find("qdisc noqueue") != std::string::npos);
    CHECK(link.find("tun type tap pi off vnet_hdr on persist off") != std::string::npos);
    CHECK(link.find(",UP") == std::string::npos);
    CHECK(shell_in(node, "ip link set wan up && ip link show wan").output.find("NO-CARRIER") !=
          std::string::npos);
    set_tap_carrier(tap, true);
    CHECK(shell_in(node, "ip link show wan").output.find("LOWER_UP") != std::string::npos);
    CHECK(shell_in(node, "ip link show wan").output.find("qdisc noqueue") != std::string::npos);
}

TEST_CASE("a TAP goes with its last descriptor") {
    open_tap({"brief"});
    CHECK(shell("ip link show brief").code != 0);
}

TEST_CASE("a TAP that cannot be is refused") {
    const auto first = open_tap({"twin", 5000});
    CHECK(error_of({"twin"}) == EBUSY);
    CHECK(error_of({"other", 5000}) == EBUSY);
    CHECK(error_of({"a-name-that-is-too-long"}) == ENAMETOOLONG);
    CHECK(error_of({"wide", 0, {}, 1'000'000}) == EINVAL);
    CHECK(error_of({"odd", 0, MacAddress{{1, 0, 0, 0, 0, 0}}}) == EADDRNOTAVAIL);
    CHECK(shell("ip link show wide").code != 0);
}

} // namespace netlab::test
