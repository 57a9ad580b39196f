#include "support/catch.h"
#include "support/lab_under_test.h"

#include <nlohmann/json.hpp>

namespace netlab::test {

// a --- r --- b, and c beside a on a LAN segment
TEST_CASE("a node that is killed ends, and its neighbours keep their interfaces without carrier") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": {}, "c": {},
        "r": { "kind": "router", "run": ["exec sleep 1000"] } },
        "links": [["r", "b"], { "name": "lan", "endpoints": ["a", "c", "r"] }] })"};
    const auto look = [&] {
        return lab.says("b", "ip -o addr show dev eth0 scope global; ip route; cat /sys/class/net/eth0/address "
                             "/sys/class/net/eth0/ifindex") +
               lab.says("a", "ip -o addr show dev eth0 scope global; cat /sys/class/net/eth0/address");
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
    const auto faults = nlohmann::json::parse(lab.netlab("faults", {"--json"}).out);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0]["id"] == "kill:r");
    CHECK(faults[0]["kind"] == "kill");
    CHECK(faults[0]["nodes"] == nlohmann::json{"r"});
    const auto healed = lab.netlab("heal", {"kill:r"});
    CHECK(healed.code == 2);
    CHECK(healed.err.find("r has no power, and gets none") != std::string::npos);
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
          "p1 is healed\np2 is healed\nb has no power, and gets none while the lab runs\n"
          "c has no power, and gets none while the lab runs\n");
    CHECK(lab.netlab("faults", {"--names"}).out == "kill:b\nkill:c\n");
    CHECK(lab.says("a", "cat /sys/class/net/eth0/carrier") == "0");
}

} // namespace netlab::test
