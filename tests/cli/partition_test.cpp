#include "support/catch.h"
#include "support/lab_under_test.h"

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

/// n1 to n4 on one switch, and far behind a router.
constexpr const char* cluster = R"({ "nodes": { "n[1-4]": { "labels": ["cluster"] }, "far": {},
    "sw": { "kind": "switch" }, "r": { "kind": "router" } },
    "links": [["n[1-4]", "sw"], ["r", "sw"], ["r", "far"]] })";

/// Which of `nodes` answer `from` (by name: `n2/4 n2/6`).
std::string heard(const LabUnderTest& lab, const std::string& from, const std::string& nodes) {
    return lab.says(from, "for node in " + nodes +
                              "; do for family in 4 6; do (ping -$family -c1 -W1 $node >/dev/null "
                              "&& echo $node/$family) & done; done | sort | tr '\\n' ' '; wait");
}

/// Serves two connections; or has one with each address, and says in /tmp/state how that goes.
constexpr const char* talk_script = R"python(import os, socket, sys, time
if len(sys.argv) == 1:
    listener = socket.create_server(('::', 7), family=socket.AF_INET6, dualstack_ipv6=True)
    for peer, _ in (listener.accept(), listener.accept()):
        if os.fork() == 0:
            while text := peer.recv(1): peer.sendall(text)
            os._exit(0)
    sys.exit(0)
peers = [socket.create_connection((a, 7)) for a in sys.argv[1:]]
def say(word): open('/tmp/state', 'w').write(word)
def ask(seconds):
    for peer in peers: peer.settimeout(seconds); assert peer.recv(1) == b'x'
for peer in peers: peer.sendall(b'x')
ask(30)
say('joined')
while not os.path.exists('/tmp/parted'): time.sleep(0.02)
for peer in peers: peer.sendall(b'x')
for peer in peers:
    peer.settimeout(0.7)
    try: print('heard', peer.recv(1))
    except TimeoutError: pass
say('silence')
ask(60)
print('survived')
)python";

json faults_of(const LabUnderTest& lab) {
    const auto ended = lab.netlab("faults", {"--json"});
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    return json::parse(ended.out);
}

void refused(const Ended& ended, const std::string& said, const std::string& hint = {}) {
    INFO(ended.out << ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.starts_with("error: "));
    CHECK(ended.err.find(said) != std::string::npos);
    CHECK(ended.err.find(hint) != std::string::npos);
}

} // namespace

TEST_CASE("sides of a partition do not hear each other, and healing makes all as it was") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    CHECK(lab.netlab("partition", {"n1,n2", "n3"}).out == "p1: n1, n2 | n3\n");
    REQUIRE(lab.netlab("partition", {"n4", "far", "--as", "far-away"}).code == 0);
    CHECK(heard(lab, "n1", "n2 n3 n4 far") == "far/4 far/6 n2/4 n2/6 n4/4 n4/6 ");
    CHECK(heard(lab, "n3", "n1 n2 n4") == "n4/4 n4/6 ");
    CHECK(heard(lab, "n4", "n3 far r") == "n3/4 n3/6 r/4 r/6 ");
    CHECK(lab.netlab("heal", {"p1"}).out == "p1 is healed\n");
    CHECK(heard(lab, "n1", "n2 n3 n4 far") == "far/4 far/6 n2/4 n2/6 n3/4 n3/6 n4/4 n4/6 ");
    CHECK(heard(lab, "n4", "n3 far") == "n3/4 n3/6 ");
    CHECK(lab.netlab("heal", {"--all"}).out == "far-away is healed\n");
    CHECK(heard(lab, "n4", "far") == "far/4 far/6 ");
    CHECK(lab.netlab("heal", {"--all"}).out == "nothing is broken\n");
}

TEST_CASE("a partition is out of reach of a node's root, and faults tell what is broken by what") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    REQUIRE(lab.netlab("partition", {"--one-way", "n1", "n2", "--as", "mute"}).code == 0);
    REQUIRE(lab.netlab("partition", {"--shape", "isolate:n4", "@cluster"}).code == 0);
    lab.sh("n2", "nft flush ruleset; nft list tables | sed 's/^/delete /' | nft -f -");
    CHECK(
        lab.says("n2", "nft list tables").starts_with("table inet netlab-mute-")); // and unguessed
    CHECK(heard(lab, "n2", "n1 n3") == "n3/4 n3/6 "); // n1's answers are lost
    CHECK(heard(lab, "n4", "n1 n2 r") == "r/4 r/6 ");
    const auto faults = faults_of(lab);
    REQUIRE(faults.size() == 2);
    CHECK(faults[0]["id"] == "mute");
    CHECK(faults[0]["kind"] == "partition");
    CHECK(faults[0]["what"] == "n1 -> n2");
    CHECK(faults[0]["command"] ==
          "netlab partition --lab " + lab.name() + " --one-way n1 n2 --as mute");
    CHECK(faults[0]["since"].get<double>() > 1.7e9);
    CHECK(faults[0]["apart"] == json::parse(R"([{"from": ["n1"], "to": ["n2"]}])"));
    CHECK(faults[0]["links"] == json::array());
    CHECK(faults[1]["id"] == "p1");
    CHECK(faults[1]["what"] == "n4 | n1, n2, n3");
    CHECK(lab.netlab("faults", {"--names"}).out == "mute\np1\n");
}

TEST_CASE("what is sent one way is lost, and what comes back arrives") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    REQUIRE(lab.netlab("partition", {"--one-way", "n1", "n2"}).code == 0);
    const auto receiver = [&](const std::string& node) {
        return Workshop::words({"exec", "--lab", lab.name(), node, "python3", "-c",
                                "import socket\n"
                                "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n"
                                "s.bind(('::', 7)); s.settimeout(3)\n"
                                "try: print(s.recv(5).decode())\n"
                                "except TimeoutError: print('-')"});
    };
    Program at_n1{receiver("n1"), workshop.setting()};
    Program at_n2{receiver("n2"), workshop.setting()};
    lab.exec("n[1-2]", {"bash", "-c",
                        "to=n1; [[ $HOSTNAME == n1 ]] && to=n2; for i in {1..25}; do "
                        "echo hello >/dev/udp/$to/7; sleep 0.1; done 2>/dev/null"});
    CHECK(at_n1.finish().out == "hello\n");
    CHECK(at_n2.finish().out == "-\n");
}

TEST_CASE("connections of both families see silence and go on when a partition is healed") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    const auto talk = [&](const std::string& node, const std::vector<std::string>& peers) {
        std::vector<std::string> words{"exec",    "--lab", lab.name(), node,
                                       "python3", "-c",    talk_script};
        words.insert(words.end(), peers.begin(), peers.end());
        return Workshop::words(words);
    };
    const auto is = [&](const std::string& word) {
        return eventually([&] { return lab.sh("n1", "cat /tmp/state").out == word; });
    };
    Program server{talk("n2", {}), workshop.setting()};
    REQUIRE(eventually([&] { return lab.sh("n2", "ss -Hltn sport = 7").out != ""; }));
    const auto address = [&](const std::string& family) {
        return lab.says("n1", "getent ahosts" + family + " n2 | head -1 | cut -d' ' -f1");
    };
    Program client{talk("n1", {address("v4"), address("v6")}), workshop.setting()};
    REQUIRE(is("joined"));
    REQUIRE(lab.netlab("partition", {"n1", "n2"}).code == 0);
    lab.sh("n1", "ip neigh flush all; touch /tmp/parted");
    CHECK(is("silence"));
    CHECK(lab.netlab("heal", {"p1"}).code == 0);
    const auto ended = client.finish();
    INFO(ended.err);
    CHECK(ended.out == "survived\n");
}

// a --- b --- c, a --- c
TEST_CASE("a cut takes the fewest links down, and only its end brings them up again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": { "kind": "router" }, "c": {} },
        "links": [["a", "b"], { "endpoints": ["b", "c"], "cost": 5 }, ["a", "c"]] })"};
    const auto cut = lab.netlab("partition", {"--cut", "a", "c", "--as", "split"});
    CHECK(cut.out == "split: a | c: without a-b, a-c\n");
    CHECK(lab.sh("a", "ping -c1 -W1 c").code != 0);
    CHECK(lab.sh("b", "ping -c1 -W4 c").code == 0);
    const auto link = [&](const std::string& verb) {
        return workshop.netlab({"link", verb, "--lab", lab.name(), "a-c"}).out;
    };
    CHECK(link("up") == "a-c is still down, by another fault\n");
    CHECK(link("down") == "a-c is down\n");
    const auto faults = faults_of(lab);
    REQUIRE(faults.size() == 2);
    CHECK(faults[0]["kind"] == "cut");
    CHECK(faults[0]["links"] == json{"a-b", "a-c"});
    CHECK(faults[1]["id"] == "a-c");
    CHECK(faults[1]["kind"] == "link");
    CHECK(faults[1]["what"] == "a-c is down");
    CHECK(lab.netlab("heal", {"split"}).out == "split is healed\n");
    CHECK(lab.sh("a", "ping -c1 -W4 b").code == 0);
    CHECK(lab.sh("a", "ping -c1 -W1 10.0.3.2").code != 0);
    CHECK(lab.netlab("heal", {"a-c"}).out == "a-c is healed\n");
    CHECK(lab.sh("a", "ping -c1 -W4 c").code == 0);
    CHECK(lab.netlab("partition", {"--cut", "--cheapest", "c", "a"}).out ==
          "p1: c | a: without a-b, a-c\n");
}

TEST_CASE("wrong faults are mistakes that change nothing") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    REQUIRE(lab.netlab("partition", {"n1", "n2", "--as", "split"}).code == 0);
    const auto part = [&](const std::vector<std::string>& words) {
        return lab.netlab("partition", words);
    };
    refused(part({"n1", "n[1-2]"}), "node n1 is on two sides");
    refused(part({"n1", "n9"}), "has no node 'n9'", "did you mean");
    refused(part({"n1"}), "two sides or more", "netlab partition 'n[1-2]' 'n[3-5]'");
    refused(part({"n1", "sw"}), "node sw is a switch", "netlab link down");
    refused(part({}), "partition needs sides, or a shape");
    refused(part({"--shape", "brige"}), "there is no shape 'brige'", "did you mean 'bridge'?");
    refused(part({"--shape", "ring", "n[1-3]"}), "needs 4 nodes at least");
    refused(part({"--seed", "7", "n1", "n2"}), "--seed is of a shape");
    refused(part({"n1", "n2", "--as", "split"}), "'split' is taken", "netlab heal split");
    refused(part({"n1", "n2", "--as", "n1-sw"}), "'n1-sw' is taken, by a link");
    refused(part({"n1", "n2", "--as", "a b"}), "'a b'");
    refused(part({"--cut", "n1", "n1"}), "node n1 is on both sides of the cut");
    refused(part({"--cheapest", "n1", "n2"}), "--cheapest is of a cut");
    refused(lab.netlab("heal", {"splitt"}), "has no fault 'splitt'", "did you mean 'split'?");
    refused(lab.netlab("heal", {}), "heal needs a fault, or --all", "netlab faults");
    CHECK(faults_of(lab).size() == 1);
}

TEST_CASE("a link that is not as in the file is a fault, and healed with the others") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, cluster};
    const auto set =
        workshop.netlab({"link", "set", "--lab", lab.name(), "n1:eth0", "--delay", "30ms"});
    REQUIRE(set.code == 0);
    REQUIRE(lab.netlab("partition", {"n1", "n2"}).code == 0);
    const auto faults = faults_of(lab);
    REQUIRE(faults.size() == 2);
    CHECK(faults[1]["id"] == "n1-sw");
    CHECK(faults[1]["what"] == "n1:eth0: delay 30ms");
    CHECK(faults[1]["command"] == "netlab link set --lab " + lab.name() + " n1:eth0 --delay 30ms");
    CHECK(lab.netlab("heal", {"--all"}).out == "p1 is healed\nn1-sw is healed\n");
    CHECK(faults_of(lab).empty());
    CHECK(workshop.netlab({"link", "ls", "--lab", lab.name(), "n1-sw"}).out.find("30ms") ==
          std::string::npos);
}

// a --- b --- c
TEST_CASE("a fault that cannot be healed, or whose node has ended, keeps no other from it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "a": {}, "b": { "kind": "router" }, "c": {},
        "d": {} }, "links": [["a", "b"], ["b", "c"], ["b", "d"]] })"};
    const auto set = [&](const std::string& link) {
        return workshop.netlab({"link", "set", "--lab", lab.name(), link, "--loss", "10%"}).code;
    };
    REQUIRE(lab.netlab("partition", {"--cut", "b", "d"}).code == 0);
    REQUIRE(set("a-b") == 0);
    REQUIRE(set("b-c") == 0);
    REQUIRE(lab.netlab("pause", {"b"}).code == 0);
    REQUIRE(lab.netlab("kill", {"c"}).code == 0);
    REQUIRE(lab.sh("d", "ip link del eth0").code == 0);
    REQUIRE(lab.sh("a", "ip link del eth0").code == 0);
    const auto healed = lab.netlab("heal", {"--all"});
    CHECK(healed.code == 1);
    CHECK(healed.err.find("a-b is not healed: cannot change link a-b") != std::string::npos);
    CHECK(healed.err.find("b-c") == std::string::npos);
    CHECK(healed.out.starts_with("p1 is healed\npause:b is healed\n"));
    CHECK(lab.netlab("faults", {"--names"}).out == "a-b\nb-c\nkill:c\n");
}

} // namespace netlab::test
