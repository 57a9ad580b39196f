#include "netlink/neighbours.h"
#include "support/catch.h"
#include "support/world.h"
#include "sys/scoped_netns.h"

namespace netlab::test {

// node:v0 --- v1, of which nobody knows anything
TEST_CASE("what a node has learned about neighbours is forgotten, what was set for good is not") {
    const Neighbour node;
    const auto made = shell_in(
        node, "ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up && "
              "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0 nud reachable && "
              "ip neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0 nud stale && "
              "ip neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0 nud permanent");
    INFO(made.output);
    REQUIRE(made.code == 0);
    {
        const ScopedNetns there{node.pid()};
        Socket socket;
        forget_neighbours(socket);
        forget_neighbours(socket); // nothing to forget is no error
    }
    const auto left = shell_in(node, "ip neigh show nud all").output;
    INFO(left);
    CHECK(left.find("10.0.0.2") == std::string::npos);
    CHECK(left.find("fd00::2") == std::string::npos);
    CHECK(left.find("10.0.0.3 ") != std::string::npos);
}

} // namespace netlab::test
