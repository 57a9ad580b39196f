#include "support/catch.h"
#include "support/lab_under_test.h"

#include <set>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

constexpr const char* shaped = R"({ "nodes": { "h[1-2]": {} }, "links": [
    { "name": "wan", "endpoints": ["h1", "h2"], "delay": "5ms", "rate": "50mbit" }] })";

constexpr const char* segment = R"({ "nodes": { "h[1-3]": {} },
    "links": [{ "name": "lan", "endpoints": ["h1", "h2", "h3"] }] })";

constexpr const char* switched = R"({ "nodes": { "h[1-3]": {}, "sw": { "kind": "switch" } },
    "links": [["h[1-3]", "sw"]] })";

Ended link(const LabUnderTest& lab, std::vector<std::string> words) {
    const auto command = words.front();
    words.erase(words.begin());
    words.insert(words.begin(), {command, "--lab", lab.name()});
    words.insert(words.begin(), "link");
    return lab.workshop().netlab(words);
}

json links_of(const LabUnderTest& lab) {
    const auto ended = link(lab, {"ls", "--json"});
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    return json::parse(ended.out);
}

json leaving(const LabUnderTest& lab, std::size_t end) {
    return links_of(lab)[0]["ends"][end]["leaving"];
}

void refused(const Ended& ended, const std::string& said) {
    INFO(ended.out << ended.err);
    CHECK(ended.code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.starts_with("error: "));
    CHECK(ended.err.find(said) != std::string::npos);
}

/// The shortest of three round trips, in milliseconds; -1 if none answered.
double round_trip(const LabUnderTest& lab, const std::string& from, const std::string& to) {
    const auto ended = lab.sh(from, "ping -q -i 0.2 -c 3 -w 20 " + to +
                                        " | sed -n 's|^rtt.* = \\([0-9.]*\\)/.*|\\1|p'");
    return ended.out.empty() ? -1 : std::stod(ended.out);
}

std::set<std::string> keys(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) {
        names.insert(name);
    }
    return names;
}
using Keys = std::set<std::string>;

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("link ls shows each end of each link with its state, and -- for completion -- names") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto shown = link(lab, {"ls"});
    CHECK(shown.code == 0);
    CHECK(shown.out.starts_with("LINK"));
    CHECK(shown.out.find("h1:eth0 up") != std::string::npos);
    CHECK(shown.out.find("h2:eth0 up") != std::string::npos);
    CHECK(link(lab, {"ls", "--names"}).out == "h1-h2\n");
    CHECK(link(lab, {"ls", "h1-h2"}).out.find("h1:eth0") != std::string::npos);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link ls --json has the documented keys") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    const auto links = links_of(lab);
    REQUIRE(links.size() == 1);
    CHECK(keys(links[0]) == Keys{"name", "segment", "down", "engine", "ends"});
    CHECK(links[0]["name"] == "wan");
    CHECK(links[0]["down"] == false);
    REQUIRE(links[0]["ends"].size() == 2);
    for (const auto& end : links[0]["ends"]) {
        CHECK(keys(end) == Keys{"node", "interface", "state", "engine", "leaving", "file", "sent",
                                "dropped", "waiting"});
        CHECK(end["engine"] == links[0]["engine"]);
        CHECK(end["state"] == "up");
        CHECK(end["leaving"] == json{{"delay", "5ms"}, {"rate", "50mbit"}});
        CHECK(end["file"] == end["leaving"]);
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("link set changes what is named in both directions and keeps the rest") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    const auto set = link(lab, {"set", "wan", "--delay", "30ms", "--loss", "0.5%"});
    CHECK(set.code == 0);
    CHECK(set.out == "wan: delay 30ms, loss 0.5%, rate 50mbit both ways\n");
    const auto expected = json{{"delay", "30ms"}, {"loss", "0.5%"}, {"rate", "50mbit"}};
    CHECK(leaving(lab, 0) == expected);
    CHECK(leaving(lab, 1) == expected);
    CHECK(links_of(lab)[0]["ends"][0]["file"] == json{{"delay", "5ms"}, {"rate", "50mbit"}});
    CHECK(link(lab, {"set", "wan", "--loss", "0%"}).code == 0);
    CHECK(round_trip(lab, "h1", "h2") >= 60);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link set of an end changes one direction, and prints both") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto set = link(lab, {"set", "h1:eth0", "--delay", "40ms"});
    CHECK(set.out == "h1-h2: from h1:eth0: delay 40ms\nh1-h2: from h2:eth0: perfect\n");
    CHECK(leaving(lab, 0) == json{{"delay", "40ms"}});
    CHECK(leaving(lab, 1) == json::object());
    CHECK(round_trip(lab, "h1", "h2") >= 40);
    const auto changed = json::parse(link(lab, {"clear", "h1:eth0", "--json"}).out);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0]["ends"][0]["leaving"] == json::object());
    CHECK(changed[0]["ends"][0]["state"] == "up");
}

// h1:eth0 --- eth0:h2
TEST_CASE("link reset makes a link what the file says, link clear makes it perfect") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    link(lab, {"set", "all", "--delay", "100ms", "--rate", "none"});
    CHECK(leaving(lab, 0) == json{{"delay", "100ms"}});
    CHECK(link(lab, {"reset", "wan"}).out == "wan: delay 5ms, rate 50mbit both ways\n");
    CHECK(leaving(lab, 1) == json{{"delay", "5ms"}, {"rate", "50mbit"}});
    CHECK(link(lab, {"clear", "all"}).out == "wan: perfect\n");
    CHECK(leaving(lab, 0) == json::object());
    CHECK(round_trip(lab, "h1", "h2") >= 0);
}

// h1:eth0 --- eth0:h2
TEST_CASE("link down takes the carrier from both ends, link up gives it back") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    REQUIRE(lab.sh("h1", "ping -c1 -w20 h2").code == 0);
    CHECK(link(lab, {"down", "h1-h2"}).out == "h1-h2 is down\n");
    const auto links = links_of(lab);
    CHECK(links[0]["down"] == true);
    for (std::size_t end = 0; end < 2; ++end) {
        CHECK(links[0]["ends"][end]["state"] == "cut");
    }
    for (const std::string node : {"h1", "h2"}) {
        CHECK(lab.says(node, "ip link show eth0").find("NO-CARRIER") != std::string::npos);
    }
    CHECK(lab.sh("h1", "ping -c1 -W1 h2").code != 0);
    refused(link(lab, {"measure", "h1-h2"}), "netlab link up h1-h2");
    CHECK(link(lab, {"up", "h1-h2"}).out == "h1-h2 is up\n");
    CHECK(lab.sh("h1", "ping -c1 -w20 h2").code == 0);
}

//  h1   h2   h3
//  ═╧════╧════╧═
TEST_CASE("of a LAN segment one end is cut, is shown as cut, and is mended, the others stay") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, segment};
    CHECK(link(lab, {"down", "h1:eth0"}).out == "lan: h1:eth0 is down\n");
    const auto lan = links_of(lab)[0];
    CHECK(lan["down"] == false);
    CHECK(lan["ends"][0]["state"] == "cut");
    CHECK(lan["ends"][1]["state"] == "up");
    CHECK(lan["ends"][2]["state"] == "up");
    refused(link(lab, {"measure", "lan"}), "netlab link up h1:eth0");
    CHECK(link(lab, {"set", "h2:eth0", "--seed", "none"}).out ==
          "lan: from h1:eth0: perfect (cut)\nlan: from h2:eth0: perfect\n"
          "lan: from h3:eth0: perfect\n");
    CHECK(link(lab, {"down", "h[2-3]:eth0"}).out == "lan: h2:eth0 is down\nlan: h3:eth0 is down\n");
    CHECK(links_of(lab)[0]["down"] == true);
    CHECK(link(lab, {"up", "h1:eth0"}).out == "lan: h1:eth0 is up\n");
    CHECK(link(lab, {"up", "lan"}).out == "lan is up\n");
    CHECK(links_of(lab)[0]["ends"][2]["state"] == "up");
    CHECK(link(lab, {"down", "all"}).out == "lan is down\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a link of two ends is cut whole, whichever end is named") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(link(lab, {"down", "h1:eth0"}).out == "h1-h2 is down\n");
    CHECK(links_of(lab)[0]["ends"][1]["state"] == "cut");
    CHECK(link(lab, {"up", "h2:eth0"}).out == "h1-h2 is up\n");
    CHECK(links_of(lab)[0]["ends"][0]["state"] == "up");
}

//  h1   h2   h3
//  ═╧════╧════╧═
TEST_CASE("where the ends of a segment have different engines, each is shown") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, segment};
    REQUIRE(link(lab, {"set", "h2:eth0", "--delay", "1ms"}).code == 0);
    const auto lan = links_of(lab)[0];
    const auto engine = lan["engine"].get<std::string>();
    CHECK(engine != "none");
    CHECK(lan["ends"][0]["engine"] == "none");
    CHECK(lan["ends"][1]["engine"] == engine);
    CHECK(lan["ends"][2]["engine"] == "none");
    const auto row = [&](const std::string& words) {
        return lab.workshop().netlab({"link", "ls", "-l", lab.name()}).out.find(words) !=
               std::string::npos;
    };
    CHECK(row("h1:eth0 up    none"));
    CHECK(row("h2:eth0 up    " + engine));
    CHECK(row("h3:eth0 up    none"));
}

// h1:eth0 --- eth0:h2
TEST_CASE("frames that a link loses are counted as dropped, and as sent") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    REQUIRE(lab.sh("h1", "ping -c1 -w20 h2").code == 0);
    link(lab, {"set", "h1:eth0", "--loss", "100%"});
    const auto before = links_of(lab)[0]["ends"][0];
    lab.sh("h1", "ping -q -c10 -i0.1 -W1 h2");
    const auto after = links_of(lab)[0]["ends"][0];
    CHECK(after["dropped"].get<int>() >= before["dropped"].get<int>() + 5);
    CHECK(after["sent"].get<int>() >= before["sent"].get<int>() + 5);
    CHECK(after["sent"] >= after["dropped"]);
}

// h1:eth0 --- eth0:h2
TEST_CASE("what a wire has lost stays counted when it is cut and mended") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "engine": "user", "loss": "100%" }] })"};
    lab.sh("h1", "ping -q -c10 -i0.1 -W1 h2");
    const auto dropped = [&] { return links_of(lab)[0]["ends"][0]["dropped"].get<int>(); };
    const auto before = dropped();
    CHECK(before >= 5);
    link(lab, {"down", "h1-h2"});
    CHECK(dropped() >= before);
    link(lab, {"up", "h1-h2"});
    CHECK(dropped() >= before);
    // What is under way in a cut cable does not arrive.
    link(lab, {"set", "h1-h2", "--loss", "0%", "--delay", "60s"});
    lab.sh("h1", "ping -q -c10 -i0.1 -W1 h2");
    // Who has lost its neighbour asks for its address once a second; how often is not the point.
    const auto waiting = links_of(lab)[0]["ends"][0]["waiting"].get<int>();
    CHECK(waiting >= 1);
    link(lab, {"down", "h1-h2"});
    CHECK(links_of(lab)[0]["ends"][0]["waiting"] == 0);
    CHECK(dropped() >= before + waiting);
}

TEST_CASE("an interface that is off in the node is shown as down, its other end without carrier") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "ip link set eth0 down");
    const auto links = links_of(lab);
    CHECK(links[0]["down"] == false);
    CHECK(links[0]["ends"][0]["state"] == "down");
    CHECK(links[0]["ends"][1]["state"] == "no-carrier");
    refused(link(lab, {"measure", "h1-h2"}), "ip link set eth0 up");
}

TEST_CASE("a link or end that is not there gets the nearest one for an answer") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    refused(link(lab, {"ls", "wna"}), "did you mean 'wan'?");
    refused(link(lab, {"set", "wam", "--delay", "1ms"}), "did you mean 'wan'?");
    refused(link(lab, {"set", "h1:eth9", "--delay", "1ms"}), "'h1:eth9'");
    refused(link(lab, {"set", "h1:lo", "--delay", "1ms"}), "'h1:lo'");
    refused(link(lab, {"clear", "wan", "wann"}), "did you mean 'wan'?");
    refused(link(lab, {"measure", "wann"}), "did you mean 'wan'?");
    refused(link(lab, {"down", "h[1-"}), "h[1-");
    refused(link(lab, {"down", "h[1-999999]"}), "hint: a range is");
    refused(lab.netlab("exec", {"h[1-999999]", "true"}), "hint: a range is");
    CHECK(leaving(lab, 0) == json{{"delay", "5ms"}, {"rate", "50mbit"}}); // clear too was refused
}

TEST_CASE("properties that do not go together are refused, and nothing has changed") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    refused(link(lab, {"set", "wan", "--jitter", "10ms"}), "delay");
    refused(link(lab, {"set", "h1:eth0", "--rate", "none", "--queue", "10"}), "--queue none");
    refused(link(lab, {"set", "wan", "--jitter", "10ms"}), "--jitter 0ms");
    CHECK(leaving(lab, 0) == json{{"delay", "5ms"}, {"rate", "50mbit"}});
    CHECK(leaving(lab, 1) == json{{"delay", "5ms"}, {"rate", "50mbit"}});
}

// h1:eth0 --- eth0:sw:eth1 --- eth0:h2, and h3
TEST_CASE("ranges and all mean several links, on a switch's ports too") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, switched};
    CHECK(link(lab, {"set", "h[1-2]-sw", "--delay", "10ms"}).out ==
          "h1-sw: delay 10ms both ways\nh2-sw: delay 10ms both ways\n");
    CHECK(round_trip(lab, "h1", "h2") >= 40);
    CHECK(round_trip(lab, "h1", "h3") >= 20);
    CHECK(link(lab, {"clear", "all"}).out == "h1-sw: perfect\nh2-sw: perfect\nh3-sw: perfect\n");
}

} // namespace netlab::test
