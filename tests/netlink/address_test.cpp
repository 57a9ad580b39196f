#include "netlink/address_requests.h"
#include "netlink/read.h"
#include "other_eyes.h"
#include "support/catch.h"

#include <algorithm>

using namespace netlab;
using namespace netlab::test;

namespace {

constexpr int veth = 10;

struct VethHome : Home {
    VethHome() {
        carry_out(socket, [](Batch& batch) {
            new_veth(batch, 0, {.name = "a", .index = veth}, {.name = "b", .index = veth + 1});
        });
    }

    void add(int index, const std::string& text) {
        carry_out(socket,
                  [&](Batch& batch) { add_address(batch, 0, index, interface_address(text)); });
    }
};

nlohmann::json addresses_of(const std::string& name) {
    return ip("address show dev " + name).at(0).at("addr_info");
}

} // namespace

TEST_CASE("an IPv4 address has the broadcast address of its subnet, unless that is a /31 or /32") {
    VethHome home;
    home.add(veth, "10.0.1.1/24");
    home.add(veth, "10.0.2.1/31");
    home.add(veth, "10.0.3.1/32");
    const auto addresses = addresses_of("a");
    REQUIRE(addresses.size() == 3);
    CHECK(addresses.at(0).at("local") == "10.0.1.1");
    CHECK(addresses.at(0).at("prefixlen") == 24);
    CHECK(addresses.at(0).at("broadcast") == "10.0.1.255");
    CHECK(addresses.at(0).at("scope") == "global");
    CHECK(!addresses.at(1).contains("broadcast"));
    CHECK(addresses.at(2).at("prefixlen") == 32);
    CHECK(!addresses.at(2).contains("broadcast"));
}

// a --- b
TEST_CASE("an IPv6 address is usable at once, with the interface up before it or after") {
    VethHome home;
    home.add(veth, "fd00::1/64");
    carry_out(home.socket, [](Batch& batch) {
        set_up(batch, 0, veth);
        set_up(batch, 0, veth + 1);
    });
    home.add(veth, "fd00::2/64");
    int given = 0;
    for (const auto& entry : addresses_of("a")) {
        if (entry.at("scope") == "global") {
            ++given;
            CHECK(!entry.contains("tentative"));
        }
    }
    CHECK(given == 2);
}

TEST_CASE("addresses for the loopback interface are taken") {
    VethHome home;
    home.add(1, "10.255.0.1/32");
    home.add(1, "fd00:ffff::1/128");
    home.add(1, "127.0.0.9/8");
    auto lo = Reader{}.interfaces().front();
    CHECK(lo.name == "lo");
    std::sort(lo.addresses.begin(), lo.addresses.end());
    const std::vector<IpInterface> expected{interface_address("10.255.0.1/32"),
                                            interface_address("127.0.0.9/8"),
                                            interface_address("fd00:ffff::1/128")};
    CHECK(lo.addresses == expected);
    for (const auto& entry : addresses_of("lo")) {
        CHECK((entry.at("scope") == "host") == (entry.at("local") == "127.0.0.9"));
    }
}

TEST_CASE("an address that is there already is refused") {
    VethHome home;
    home.add(veth, "10.0.1.1/24");
    CHECK_THROWS_AS(home.add(veth, "10.0.1.1/24"), RequestError);
}
