#include "plan/compress_routes.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;

namespace {

IpPrefix parsed(const std::string& text) {
    return test::TopologyBuilder::prefix(text);
}

using Routes = std::vector<NumberedRoute>;

} // namespace

TEST_CASE("halves with the same next hops merge, again and again") {
    CHECK(compress_routes({{parsed("10.0.0.0/24"), 1},
                           {parsed("10.0.1.0/24"), 1},
                           {parsed("10.0.2.0/24"), 1},
                           {parsed("10.0.3.0/25"), 1},
                           {parsed("10.0.3.128/25"), 1}}) == Routes{{parsed("10.0.0.0/22"), 1}});
}

TEST_CASE("neighbours that are not halves of one prefix stay apart") {
    const Routes routes{{parsed("10.0.1.0/24"), 1}, {parsed("10.0.2.0/24"), 1}};
    CHECK(compress_routes(routes) == routes);
}

TEST_CASE("halves with different next hops stay apart") {
    const Routes routes{{parsed("10.0.0.0/24"), 1}, {parsed("10.0.1.0/24"), 2}};
    CHECK(compress_routes(routes) == routes);
}

TEST_CASE("a gap is never covered") {
    CHECK(
        compress_routes(
            {{parsed("10.0.0.0/24"), 1}, {parsed("10.0.1.0/24"), 1}, {parsed("10.0.3.0/24"), 1}}) ==
        Routes{{parsed("10.0.0.0/23"), 1}, {parsed("10.0.3.0/24"), 1}});
}

TEST_CASE("families never merge, and everything may become one default route") {
    CHECK(compress_routes({{parsed("0.0.0.0/1"), 1},
                           {parsed("128.0.0.0/1"), 1},
                           {parsed("::/1"), 1},
                           {parsed("8000::/1"), 1}}) ==
          Routes{{parsed("0.0.0.0/0"), 1}, {parsed("::/0"), 1}});
}

TEST_CASE("no merge makes a prefix that the file routes itself") {
    CHECK(compress_routes({{parsed("10.0.0.0/24"), 1},
                           {parsed("10.0.1.0/24"), 1},
                           {parsed("10.0.2.0/24"), 1},
                           {parsed("10.0.3.0/24"), 1}},
                          {parsed("10.0.0.0/22")}) ==
          Routes{{parsed("10.0.0.0/23"), 1}, {parsed("10.0.2.0/23"), 1}});
}
