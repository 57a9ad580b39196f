#include "support/catch.h"
#include "support/lab_under_test.h"

#include <unistd.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root configures its network with ip, sysctl and nft", "[nftables]") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "ip link add br0 type bridge && ip link set br0 up && ip link del br0");
    lab.says("h1",
             "ip addr add 192.0.2.1/24 dev eth0 && ip route add 198.51.100.0/24 via 192.0.2.2");
    lab.says("h1", "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 >/dev/null");
    lab.says("h1",
             "nft add table inet t && nft 'add chain inet t in { type filter hook input "
             "priority 0; policy accept; }' && nft add rule inet t in icmp type echo-request drop");
    CHECK(lab.says("h1", "nft list ruleset | grep -c echo-request") == "1");
    CHECK(lab.says("h2", "nft list ruleset | wc -l") == "0");
    CHECK(lab.sh("h2", "ping -4 -c1 -W1 h1").code != 0);
    CHECK(lab.sh("h2", "ping -6 -c1 -W4 h1").code == 0);
    lab.says("h1", "nft delete table inet t");
    CHECK(lab.sh("h2", "ping -4 -c1 -W4 h1").code == 0);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a packet capture in one node sees what the other sends") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    if (!lab.has_many_ids("h1")) {
        // tcpdump wants to become somebody else, and there is nobody else: a socket as it opens.
        lab.says("h1", "perl -e 'socket(S, 17, 3, 0x0300) or die $!'");
        return;
    }
    lab.says("h1", "ping -4 -c 300 -i 0.2 h2 >/dev/null 2>&1 & echo begun");
    const auto captured = lab.sh("h2", "timeout 50 tcpdump -n -l -c1 -i eth0 icmp");
    INFO(captured.err);
    CHECK(captured.code == 0);
    CHECK(captured.out.find("ICMP echo") != std::string::npos);
}

// h1:eth0 --- eth0:h2
TEST_CASE("TCP and UDP work between nodes, by name") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    constexpr const char* server =
        "perl -MIO::Socket::INET -e '$l = IO::Socket::INET->new(LocalPort => 80, Listen => 1, "
        "ReuseAddr => 1) or die; $c = $l->accept; print $c \"hello\\n\"' >/dev/null 2>&1 & ";
    lab.says("h2", std::string{server} + "sleep 0.1");
    CHECK(eventually([&] { return lab.says("h2", "ss -Hltn | grep -c ':80 ' || true") == "1"; }));
    CHECK(lab.says("h1", "bash -c 'read -r line </dev/tcp/h2/80; echo $line'") == "hello");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a namespace of a node's own can be made within it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "ip netns add inner && ip -n inner link set lo up && "
                   "ip netns exec inner ping -c1 -W4 127.0.0.1");
    CHECK(lab.says("h1", "unshare -Urn id -u") == "0");
    CHECK_FALSE(std::filesystem::exists("/run/netns/inner"));
}

} // namespace netlab::test
