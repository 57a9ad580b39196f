#include "plan/address_pool.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;

namespace {

IpPrefix prefix(const std::string& text) {
    return test::TopologyBuilder::prefix(text);
}

std::string drawn(AddressPool& pool, int length) {
    const auto got = pool.draw(length);
    return got ? to_string(*got) : "none";
}

} // namespace

TEST_CASE("a pool gives 1, 2, … and the first of all last") {
    AddressPool pool{prefix("10.0.0.0/22")};
    CHECK(drawn(pool, 24) == "10.0.1.0/24");
    CHECK(drawn(pool, 24) == "10.0.2.0/24");
    CHECK(drawn(pool, 24) == "10.0.3.0/24");
    CHECK(drawn(pool, 24) == "10.0.0.0/24");
    CHECK(drawn(pool, 24) == "none");
    CHECK(drawn(pool, 24) == "none");
}

TEST_CASE("an aligned pool begins with the first of all") {
    AddressPool pool{prefix("10.0.0.0/22"), true};
    CHECK(drawn(pool, 24) == "10.0.0.0/24");
    CHECK(drawn(pool, 23) == "10.0.2.0/23");
    CHECK(drawn(pool, 24) == "10.0.1.0/24");
    CHECK(drawn(pool, 24) == "none");
}

TEST_CASE("a pool of one prefix gives that one, and none that is larger than itself") {
    AddressPool pool{prefix("10.0.1.0/24")};
    CHECK(drawn(pool, 23) == "none");
    CHECK(drawn(pool, 24) == "10.0.1.0/24");
    CHECK(drawn(pool, 25) == "none");
}

TEST_CASE("what is reserved is passed over, whatever its size") {
    AddressPool pool{prefix("10.0.0.0/8")};
    pool.reserve(prefix("10.0.0.0/9"));
    pool.reserve(prefix("10.128.3.7/32"));
    pool.reserve(prefix("10.128.2.0/23"));
    pool.reserve(prefix("192.168.0.0/16"));
    pool.reserve(prefix("fd00::/8"));
    CHECK(drawn(pool, 24) == "10.128.0.0/24");
    CHECK(drawn(pool, 24) == "10.128.1.0/24");
    CHECK(drawn(pool, 24) == "10.128.4.0/24");
}

TEST_CASE("prefixes of several lengths never overlap") {
    AddressPool pool{prefix("10.0.0.0/21")};
    CHECK(drawn(pool, 24) == "10.0.1.0/24");
    CHECK(drawn(pool, 23) == "10.0.2.0/23");
    CHECK(drawn(pool, 24) == "10.0.4.0/24");
    CHECK(drawn(pool, 23) == "10.0.6.0/23");
    CHECK(drawn(pool, 23) == "none");
    CHECK(drawn(pool, 24) == "10.0.5.0/24");
    CHECK(drawn(pool, 24) == "10.0.0.0/24");
}

TEST_CASE("IPv6 pools count beyond 64 bits") {
    AddressPool links{prefix("fd00:6e6c::/32")};
    links.reserve(prefix("fd00:6e6c:ffff::/48"));
    CHECK(drawn(links, 64) == "fd00:6e6c:0:1::/64");
    AddressPool loopbacks{prefix("fd00:6e6c:ffff::/48")};
    CHECK(drawn(loopbacks, 128) == "fd00:6e6c:ffff::1/128");
    AddressPool wide{prefix("fc00::/7")};
    CHECK(drawn(wide, 128) == "fc00::1/128");
    CHECK(drawn(wide, 8) == "fd00::/8");
}
