#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>

#include <nlohmann/json.hpp>

namespace netlab::test {

// a --- r --- b, and c beside a on a LAN segment
TEST_CASE("a node that is killed ends, and its neighbours keep their interfaces without carrier") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": {}, "c": {},
        "r": { "kind": "router", "run": ["exec sleep 1000"] } },
        "links": [["r", "b"], { "name": "lan", "endpoints": ["a", "c", "r"] }] })"};
    const auto look = [&] {
        return lab.says("b", "ip -o addr show dev eth0 scope global; ip route; cat "
                             "/sys/class/net/eth0/address "
                             "/sys/class/net/eth0/ifindex") +
               lab.says("a",
                        "ip -o addr show dev eth0 scope global; cat /sys/class/net/eth0/address");
    };
    const auto without_state = [](std::string text) {
        for (auto at = text.find(" linkdown"); at != std::string::npos;
             at = text.find(" linkdown")) {
            text.erase(at, 9);
        }
        return text;
    };
    REQUIRE(lab.sh("a", "ping -c1 -w9 b").code == 0);
    const auto before = look();
    const auto killed = lab.netlab("kill", {"r"});
    CHECK(killed.out == "r has no power\n");
    CHECK(without_state(look()) == before);
    CHECK(lab.says("b", "cat /sys/class/net/eth0/carrier") == "0");
    CHECK(lab.sh("a", "ping -c1 -w9 c").code == 0);
    CHECK(lab.sh("a", "ping -c1 -W1 b").code != 0);
    CHECK(lab.exec("r", {"true"}).code == 1);
    const auto nodes = nlohmann::json::parse(lab.netlab("inspect", {"--json"}).out)["nodes"];
    CHECK(nodes[3]["running"] == false);
    const auto services = nlohmann::json::parse(lab.netlab("ps", {"--json"}).out);
    CHECK(services[0]["state"] == "failed");
    CHECK(services[0]["exit_code"] == 128 + SIGKILL);
    CHECK(services[0]["pid"] == 0);
    const auto faults = nlohmann::json::parse(lab.netlab("faults", {"--json"}).out);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0]["id"] == "kill:r");
    CHECK(faults[0]["kind"] == "kill");
    CHECK(faults[0]["nodes"] == nlohmann::json{"r"});
    const auto healed = lab.netlab("heal", {"kill:r"});
    CHECK(healed.code == 2);
    CHECK(healed.err.find("r has no power, which heal does not give back") != std::string::npos);
    CHECK(lab.netlab("kill", {"r"}).code == 1);
    CHECK(lab.netlab("kill", {"x"}).code == 2);
}

// a --- b --- c
TEST_CASE("a node can be killed that is paused, parted and cut, and the rest is healed after it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": { "kind": "router" }, "c": {} },
        "links": [["a", "b"], ["b", "c"]] })"};
    REQUIRE(lab.netlab("pause", {"b"}).code == 0);
    REQUIRE(lab.netlab("partition", {"a", "b"}).code == 0);
    REQUIRE(lab.netlab("partition", {"--cut", "a", "c"}).code == 0);
    CHECK(lab.netlab("kill", {"b", "c"}).out == "b has no power\nc has no power\n");
    CHECK(lab.netlab("heal", {"--all"}).out ==
          "p1 is healed\np2 is healed\nb has no power, which heal does not give back\n"
          "c has no power, which heal does not give back\n");
    CHECK(lab.netlab("faults", {"--names"}).out == "kill:b\nkill:c\n");
    CHECK(lab.says("a", "cat /sys/class/net/eth0/carrier") == "0");
}

// a --- r --- b, and a switch between r and b
TEST_CASE("a killed node starts again in new namespaces, and is on the network as before") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": {}, "sw": { "kind": "switch" },
        "r": { "kind": "router", "exec": ["ip link add extra type bridge", "echo set up >/tmp/log"],
               "run": [{ "name": "web", "command": "exec python3 -m http.server 8000",
                         "ready": { "tcp": 8000 } }] } },
        "links": [{ "endpoints": ["a", "r"], "engine": "user", "delay": "1ms" }, ["r", "sw"], ["sw", "b"]] })"};
    const auto look = [&](const std::string& node) {
        return lab.says(node, "ip -o addr show dev eth0; ip -6 route show; ip -4 route show; "
                              "cat /sys/class/net/eth0/address");
    };
    REQUIRE(lab.sh("a", "ping -c1 -w9 b").code == 0);
    const auto of_a = look("a");
    const auto of_r = look("r");
    lab.sh("r", "echo mine >/root/file; sysctl -qw net.ipv4.ip_forward=0");
    REQUIRE(lab.netlab("kill", {"r", "sw"}).code == 0);
    const auto started = lab.netlab("start", {"--wipe", "r", "sw"});
    INFO(started.err);
    REQUIRE(started.code == 0);
    CHECK(look("a") == of_a);
    CHECK(look("r") == of_r);
    CHECK(lab.says("r", "cat /tmp/log; ls /root; cat /proc/sys/net/ipv4/ip_forward") ==
          "set up\n1");
    CHECK(lab.sh("a", "ping -c1 -w9 b && ping -6 -c1 -w9 b").code == 0);
    CHECK(lab.exec("b", {"bash", "-c", "exec 3<>/dev/tcp/r/8000"}).code == 0);
    CHECK(lab.netlab("faults", {"--names"}).out.empty());
    CHECK(lab.netlab("restart", {"r/web"}).code == 0);
}

// a --- r --- b
TEST_CASE("faults hold for a node that starts again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": {}, "r": { "kind": "router" } },
        "links": [["a", "r"], ["r", "b"]] })"};
    REQUIRE(lab.netlab("partition", {"a", "r", "--as", "apart"}).code == 0);
    REQUIRE(workshop.netlab({"link", "down", "--lab", lab.name(), "r-b"}).code == 0);
    REQUIRE(lab.netlab("kill", {"r"}).code == 0);
    REQUIRE(lab.netlab("start", {"--wipe", "all"}).code == 0);
    CHECK(lab.sh("a", "ping -c1 -W1 r").code != 0);
    CHECK(lab.says("b", "cat /sys/class/net/eth0/carrier") == "0");
    CHECK(lab.netlab("heal", {"apart"}).code == 0);
    CHECK(lab.sh("a", "ping -c1 -w9 r").code == 0);
    CHECK(lab.netlab("heal", {"r-b"}).code == 0);
    CHECK(lab.sh("a", "ping -c1 -w9 b").code == 0);
    const auto init = lab.init_of("r");
    CHECK(::kill(init, SIGKILL) == 0);
    CHECK(eventually([&] { return lab.exec("r", {"true"}).code != 0; }));
    const auto started = lab.netlab("start", {"r"});
    CHECK(started.code == 2);
    CHECK(started.err.find("it ended by itself") != std::string::npos);
}

} // namespace netlab::test
