#include "plan/mac_source.h"
#include "support/catch.h"

#include <set>

using namespace netlab;

TEST_CASE("a MAC address is locally administered, unicast, and the same each time") {
    MacSource macs{"lab"};
    const auto mac = macs.make("h1", "eth0");
    CHECK(mac.bytes[0] == 0x02);
    CHECK(mac == MacSource{"lab"}.make("h1", "eth0"));
    CHECK(mac != MacSource{"other"}.make("h1", "eth0"));
    // Names that read the same when written together.
    CHECK(MacSource{"a"}.make("b", "c") != MacSource{"ab"}.make("", "c"));
}

TEST_CASE("the hash of MAC addresses does not change from release to release") {
    CHECK(to_string(MacSource{"lab"}.make("h1", "eth0")) == "02:70:1d:e8:bc:bd");
}

TEST_CASE("an address that is taken is not given again") {
    const auto mac = MacSource{"lab"}.make("h1", "eth0");
    MacSource macs{"lab"};
    macs.reserve(mac);
    const auto other = macs.make("h1", "eth0");
    CHECK(other != mac);
    CHECK(macs.make("h1", "eth0") != other);
    CHECK(other.bytes[0] == 0x02);
}

TEST_CASE("100,000 interfaces have 100,000 addresses") {
    MacSource macs{"lab"};
    std::set<MacAddress> seen;
    for (int i = 0; i < 100'000; ++i) {
        seen.insert(macs.make("h" + std::to_string(i), "eth0"));
    }
    CHECK(seen.size() == 100'000);
}
