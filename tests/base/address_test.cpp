#include "base/address.h"
#include "support/catch.h"

#include <string>

namespace netlab {

namespace {

std::string round_trip(std::string_view text) {
    const auto address = parse_address(text);
    return address ? to_string(*address) : "refused";
}

IpPrefix prefix(std::string_view text) {
    return parse_interface_address(text)->subnet();
}

} // namespace

TEST_CASE("IPv4 addresses are read strictly") {
    CHECK(round_trip("10.0.1.1") == "10.0.1.1");
    CHECK(round_trip("255.255.255.255") == "255.255.255.255");
    for (const auto* text :
         {"", "10.0.1", "10.0.1.1.1", "10.0.1.256", "010.0.1.1", "10.0.1.1 ", "10..1.1", "10.0.1.",
          "a.b.c.d", "0x0a.0.1.1", "-1.0.0.0", "1000.0.0.0", "10,0.0.1"}) {
        INFO(text);
        CHECK(round_trip(text) == "refused");
    }
}

TEST_CASE("IPv6 addresses are written as RFC 5952 says") {
    CHECK(round_trip("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
    CHECK(round_trip("::") == "::");
    CHECK(round_trip("::1") == "::1");
    CHECK(round_trip("1::") == "1::");
    CHECK(round_trip("fe80:0:0:1::") == "fe80:0:0:1::");
    CHECK(round_trip("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
    CHECK(round_trip("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");
    CHECK(round_trip("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
    CHECK(round_trip("64:ff9b::192.0.2.33") == "64:ff9b::c000:221");
    CHECK(round_trip("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
    for (const auto* text : {":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                             "12345::", "g::", "::1%eth0", "1:2:3:4:5:6:7:8::", ":1", "1:",
                             "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4"}) {
        INFO(text);
        CHECK(round_trip(text) == "refused");
    }
}

TEST_CASE("a prefix length is at most the bits of its family") {
    CHECK(to_string(*parse_interface_address("10.0.1.1/24")) == "10.0.1.1/24");
    CHECK(to_string(*parse_interface_address("fd00::1/64")) == "fd00::1/64");
    CHECK_FALSE(parse_interface_address("10.0.1.1/33"));
    CHECK_FALSE(parse_interface_address("10.0.1.1"));
    CHECK_FALSE(parse_interface_address("10.0.1.1/"));
    CHECK_FALSE(parse_interface_address("10.0.1.1/024"));
    CHECK_FALSE(parse_interface_address("10.0.1.1/+4"));
    CHECK_FALSE(parse_interface_address("fd00::/129"));
}

TEST_CASE("a prefix knows what is in it") {
    const auto net = prefix("10.0.1.77/22");
    CHECK(to_string(net) == "10.0.0.0/22");
    CHECK(to_string(net.last()) == "10.0.3.255");
    CHECK(net.contains(*parse_address("10.0.3.9")));
    CHECK_FALSE(net.contains(*parse_address("10.0.4.0")));
    CHECK_FALSE(net.contains(*parse_address("::1")));
    CHECK(net.contains(prefix("10.0.2.0/24")));
    CHECK_FALSE(net.contains(prefix("10.0.0.0/8")));
    CHECK(net.overlaps(prefix("10.0.0.0/8")));
    CHECK_FALSE(net.overlaps(prefix("10.0.4.0/24")));
    CHECK(prefix("0.0.0.0/0").contains(*parse_address("255.1.2.3")));
    CHECK(to_string(prefix("fd00:1:2:3:4::/56")) == "fd00:1:2::/56");
    CHECK(prefix_of(*parse_address("10.0.0.1"), 32).contains(*parse_address("10.0.0.1")));
}

TEST_CASE("addresses count on through every byte and wrap at the end of their family") {
    CHECK(to_string(parse_address("10.0.0.255")->plus(1)) == "10.0.1.0");
    CHECK(to_string(parse_address("10.0.0.0")->plus(65'536)) == "10.1.0.0");
    CHECK(to_string(parse_address("255.255.255.255")->plus(1)) == "0.0.0.0");
    CHECK(to_string(parse_address("fd00::ffff:ffff:ffff:ffff")->plus(1)) == "fd00:0:0:1::");
    CHECK(parse_address("10.0.0.1")->wire() == std::string_view{"\x0a\x00\x00\x01", 4});
}

TEST_CASE("MAC addresses are six bytes between colons") {
    CHECK(to_string(*parse_mac("02:00:5E:10:00:ff")) == "02:00:5e:10:00:ff");
    CHECK(parse_mac("01:00:5e:00:00:01")->is_multicast());
    for (const auto* text : {"", "02:00:5e:10:00", "02-00-5e-10-00-ff", "02:00:5e:10:00:fg",
                             "02:00:5e:10:00:ff:", "0x:00:5e:10:00:ff"}) {
        CHECK_FALSE(parse_mac(text));
    }
}

} // namespace netlab
