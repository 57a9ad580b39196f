#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

#include <fmt/format.h>

namespace netlab::test {

namespace {

/// `count` routers in a circle, a host at each.
std::string ring_with_hosts(int count) {
    return fmt::format(R"({{
        "nodes": {{ "r[1-{0}]": {{ "kind": "router" }}, "h[1-{0}]": {{}} }},
        "links": [ ["r[1-{1}]", "r[2-{0}]"], ["r{0}", "r1"], ["r[1-{0}]", "h[1-{0}]"] ] }})",
                       count, count - 1);
}

} // namespace

// By itself: with another large lab beside it the neighbour table of the whole machine, 1024
// entries for IPv6 where nobody has set net.ipv6.neigh.default.gc_thresh3, would be full.
//  h1   h2        h50
//  r1 - r2 - … - r50
//   └──────────────┘
TEST_CASE("in a ring of 50 routers every host reaches every other, on both families", "[.alone]") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, ring_with_hosts(50)};
    CHECK(unreached(lab, "h[1-50]", "h*") == "");
    CHECK(unreached(lab, "r1", "r*") == "");
}

} // namespace netlab::test
