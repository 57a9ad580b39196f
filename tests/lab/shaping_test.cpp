#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

/// The least round-trip time that `count` pings see, in milliseconds; -1 if nothing answered.
double least_rtt(const LabUnderTest& lab, const std::string& from, const std::string& to,
                 int count = 5) {
    const auto out = lab.sh(from, fmt::format("ping -q -c {} -i 0.05 {}", count, to)).out;
    std::smatch match;
    return std::regex_search(out, match, std::regex{"rtt [^=]*= ([0-9.]+)/"})
               ? std::strtod(match[1].str().c_str(), nullptr)
               : -1;
}

Ended link(const LabUnderTest& lab, std::vector<std::string> words) {
    words.insert(words.begin(), "link");
    words.insert(words.begin() + 2, {"--lab", lab.name()});
    return lab.workshop().netlab(words);
}

constexpr const char* delayed_pair = R"({ "nodes": { "h[1-2]": {} },
    "links": [{ "endpoints": ["h1", "h2"], "delay": "15ms" }] })";
constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

} // namespace

// h1 --15ms-- h2
TEST_CASE("a delay in the file is there in each direction, and the first packet is answered") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, delayed_pair};
    CHECK(unreached(lab) == "");
    const auto rtt = least_rtt(lab, "h1", "h2");
    CHECK(rtt >= 29.9);
    CHECK(rtt < 45); // the least of several, also on a busy machine
}

// a --15ms-- r1 --15ms-- r2 --15ms-- r3 --15ms-- b
TEST_CASE("four links of 15 ms make a path of 60 ms one way") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"({ "nodes": { "a": {}, "r[1-3]": { "kind": "router" }, "b": {} },
        "defaults": { "link": { "delay": "15ms" } },
        "links": [["a", "r1"], ["r1", "r2"], ["r2", "r3"], ["r3", "b"]] })"};
    const auto rtt = least_rtt(lab, "a", "b", 20); // the least is what the path itself takes
    CHECK(rtt >= 119.9);
    CHECK(rtt <= 126); // 5 %
}

// h1 --30ms--> h2, back without delay
TEST_CASE("what an endpoint says shapes what leaves it, over what the link says") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": [{ "node": "h1", "delay": "30ms" }, { "node": "h2", "delay": "0ms" }],
          "delay": "20ms" }] })"};
    const auto rtt = least_rtt(lab, "h1", "h2");
    CHECK(rtt >= 29.9);
    CHECK(rtt < 40);
}

//  h1   h2   h3      each end 10 ms towards the segment
//  ═╧════╧════╧═
TEST_CASE("on a LAN segment each end is shaped on its way out, once") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {} },
        "links": [{ "endpoints": ["h1", "h2", "h3"], "delay": "10ms", "name": "lan" }] })"};
    CHECK(unreached(lab) == "");
    CHECK(least_rtt(lab, "h1", "h3") >= 19.9);
    CHECK(least_rtt(lab, "h1", "h3") < 30);
}

//  h1 --- sw --- h2
TEST_CASE("a link to a switch is shaped in both directions") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {}, "sw": { "kind": "switch" } },
        "links": [{ "endpoints": ["h1", "sw"], "delay": "10ms" }, ["h2", "sw"]] })"};
    CHECK(unreached(lab) == "");
    const auto rtt = least_rtt(lab, "h1", "h2");
    CHECK(rtt >= 19.9);
    CHECK(rtt < 30);
}

// h1 --- h2
TEST_CASE("a seed makes the same packets drop in every run") {
    const Workshop workshop;
    const auto dropped = [&] {
        const LabUnderTest lab{workshop, R"({
            "nodes": { "h[1-2]": { "sysctls": { "net.ipv6.conf.all.disable_ipv6": 1 } } }, "links": [
            { "endpoints": ["h1", "h2"], "loss": "20%", "seed": 7, "engine": "user", "ipv6": false }],
            "addressing": { "ipv6": null } })"};
        // Neighbours are set by hand, and IPv6 is off, so that ping's are the only packets.
        for (const auto& [node, other] : {std::pair{"h1", "h2"}, std::pair{"h2", "h1"}}) {
            lab.says(node,
                     fmt::format("ip neigh replace $(getent hosts {} | cut -d' ' -f1) lladdr {} "
                                 "dev eth0 nud permanent",
                                 other, lab.says(other, "cat /sys/class/net/eth0/address")));
        }
        link(lab, {"set", "h1-h2", "--seed", "8"}); // what came before counts no more
        const auto out = lab.sh("h1", "ping -4 -c 60 -i 0.01 -W 1 h2").out;
        std::string seen;
        // Once ping has sent its last it hardly waits for answers any more, so not these.
        for (int i = 1; i <= 45; ++i) {
            seen += out.find(fmt::format("icmp_seq={} ", i)) == std::string::npos ? '-' : '+';
        }
        return seen;
    };
    const auto first = dropped();
    CHECK(std::count(first.begin(), first.end(), '-') > 5);
    CHECK(std::count(first.begin(), first.end(), '+') > 5);
    CHECK(dropped() == first);
}

// h1 --an opportunity each 100 ms--> h2
TEST_CASE("a trace lets a full packet go at each of its lines, and is back after a reset",
          "[speed]") {
    const Workshop workshop;
    workshop.write("slow.up", "100\n");
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": [{ "node": "h1", "trace": "slow.up" }, "h2"] }] })"};
    // Five full packets take five opportunities, the first maybe at once.
    const auto milliseconds = [&] {
        return std::stoi(lab.says(
            "h1", "start=$(date +%s%N); ping -4 -q -c5 -i0.05 -w60 -s1472 h2 >/dev/null && "
                  "echo $((($(date +%s%N) - start) / 1000000))"));
    };
    CHECK(milliseconds() >= 400);
    const auto links = nlohmann::json::parse(link(lab, {"ls", "--json"}).out);
    CHECK(links.at(0).at("engine") == "user");
    CHECK(links.at(0).at("ends").at(0).at("leaving").at("trace") == "slow.up");
    CHECK(links.at(0).at("ends").at(1).at("leaving").empty());
    CHECK(link(lab, {"set", "h1:eth0", "--rate", "1mbit"}).code == 2);
    CHECK(milliseconds() >= 400);
    REQUIRE(link(lab, {"clear", "h1:eth0"}).code == 0);
    CHECK(eventually([&] { return milliseconds() < 400; }));
    REQUIRE(link(lab, {"reset", "h1-h2"}).code == 0);
    CHECK(milliseconds() >= 400);
}

// Which of the two engines the other tests of this file have met: of these links nothing else asks.
// h1 --15ms-- h2
TEST_CASE("auto is the kernel's engine where its netem works, else the user engine") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, delayed_pair};
    const bool netem = lab.sh("h1", "tc qdisc replace dev lo root netem delay 1ms").code == 0;
    const auto links = nlohmann::json::parse(link(lab, {"ls", "--json"}).out);
    const auto engine = links.at(0).at("engine").get<std::string>();
    CHECK(engine == (netem ? "kernel" : "user"));
    // scripts/second-kernel-tests knows what it has booted.
    if (const char* expected = std::getenv("NETLAB_TEST_ENGINE")) {
        CHECK(engine == expected);
    }
}

TEST_CASE("a file that asks the kernel for what it cannot do is refused with a hint, or works") {
    const Workshop workshop;
    const auto file = workshop.write("k.json", R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "loss": "1%", "seed": 1, "engine": "kernel" }] })");
    const auto name = Workshop::lab_name();
    const auto up = workshop.netlab({"up", "-l", name, file});
    if (up.code == 0) {
        CHECK(workshop.netlab({"down", name}).code == 0);
    } else {
        CHECK(up.code == 2);
        CHECK(up.err.find("k.json:2:") != std::string::npos);
        CHECK(up.err.find("hint: ") != std::string::npos);
    }
    CHECK(workshop.left_of(name) == "");
}

// netem plays no traces, and strace(1) makes the kernel one without TAPs.
TEST_CASE("where nothing can shape a link the lab does not start, and nothing is left of it") {
    const Workshop workshop;
    workshop.write("slow.up", "100\n");
    const auto file = workshop.write("n.json", R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "trace": "slow.up" }] })");
    const auto name = Workshop::lab_name();
    auto setting = workshop.setting();
    setting.env["ASAN_OPTIONS"] = "detect_leaks=0"; // LeakSanitizer refuses to be traced
    const auto up =
        run({"strace", "-f", "-o", "/dev/null", "-P", "/dev/net/tun", "-e",
             "inject=openat:error=ENOENT", Workshop::words({}).front(), "up", "-l", name, file},
            setting);
    INFO(up.err);
    CHECK(up.code == 2);
    CHECK(up.err.find("n.json:2:") != std::string::npos);
    CHECK(up.err.find("cannot shape link h1-h2") != std::string::npos);
    CHECK(up.err.find("hint: ") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

// h1 --- h2
TEST_CASE("a link of the kernel's engine stays as it is when it is to do what no netem does") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "engine": "kernel" }] })"};
    const auto ended =
        link(lab, {"set", "h1-h2", "--delay", "10ms", "--reorder", "1%", "--rate", "1mbit"});
    CHECK(ended.code == 2);
    CHECK(ended.err.find("error: cannot shape link h1-h2: ") != std::string::npos);
    CHECK(ended.err.find("hint: ") != std::string::npos);
    for (const auto& end :
         nlohmann::json::parse(link(lab, {"ls", "--json"}).out).at(0).at("ends")) {
        CHECK(end.at("leaving").empty());
        CHECK(end.at("engine") == "none");
    }
    // Linux 6.6 has a seed; where there is none, or no netem, that is said.
    const auto seeded = link(lab, {"set", "h1-h2", "--loss", "1%", "--seed", "1"});
    CHECK(
        (seeded.code == 0 || (seeded.code == 2 && seeded.err.find("hint: ") != std::string::npos)));
}

// h1 --- h2
TEST_CASE("properties change on a live link, and the rest of it stays") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto before = lab.says(
        "h1", "ip -o addr show eth0; ip route; ip -6 route; cat /sys/class/net/eth0/address");
    REQUIRE(link(lab, {"set", "h1-h2", "--delay", "15ms"}).code == 0);
    CHECK(
        lab.says("h1",
                 "ip -o addr show eth0; ip route; ip -6 route; cat /sys/class/net/eth0/address") ==
        before);
    CHECK(lab.sh("h1", "ping -c1 -w5 h2").code == 0);
    CHECK(least_rtt(lab, "h1", "h2") >= 29.9);
    REQUIRE(link(lab, {"set", "h1:eth0", "--delay", "5ms", "--duplicate", "0%"}).code == 0);
    const auto rtt = least_rtt(lab, "h1", "h2");
    CHECK(rtt >= 19.9);
    CHECK(rtt < 29.9);
    REQUIRE(link(lab, {"clear", "h1-h2"}).code == 0);
    CHECK(least_rtt(lab, "h1", "h2") < 5);
}

// h1 --15ms-- h2
TEST_CASE("reset brings back what the file says") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, delayed_pair};
    REQUIRE(link(lab, {"clear", "h1-h2"}).code == 0);
    CHECK(least_rtt(lab, "h1", "h2") < 5);
    REQUIRE(link(lab, {"reset", "all"}).code == 0);
    CHECK(least_rtt(lab, "h1", "h2") >= 29.9);
}

TEST_CASE("a change that is refused changes nothing") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, delayed_pair};
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"set", "h1-h2", "--loss", "101%"},
          {"set", "h1-h2", "--delay", "10"},
          {"set", "h1-h2", "--delay", "1h"},
          {"set", "h1-h2", "--delay", "-1ms"},
          {"set", "h1-h2", "--rate", "0bit"},
          {"set", "h1-h2", "--jitter", "16ms"},
          {"set", "h1-h2", "h1-h3", "--delay", "1ms"},
          {"set", "h1:lo", "--delay", "1ms"},
          {"set", "h1:eth7", "--delay", "1ms"},
          {"down", "h1-h3"}}) {
        INFO(fmt::format("{}", fmt::join(words, " ")));
        const auto ended = link(lab, words);
        CHECK(ended.code == 2);
        CHECK(ended.err.find("hint: ") != std::string::npos);
    }
    const auto rtt = least_rtt(lab, "h1", "h2");
    CHECK(rtt >= 29.9);
    CHECK(rtt < 45);
}

} // namespace netlab::test
