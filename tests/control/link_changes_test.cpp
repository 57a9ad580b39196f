#include "control/client.h"
#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <thread>

#include <fmt/format.h>

namespace netlab::test {

namespace {

using std::chrono::steady_clock;

/// h1 --- h2, by an engine that changes a direction without touching its interface.
constexpr const char* shaped = R"({ "nodes": { "h[1-2]": {} },
    "links": [{ "endpoints": ["h1", "h2"], "delay": "1ms" }] })";

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// Cuts h1-h2, and waits until the kernel, which takes its time for that too, has noted it at this
/// end.
void cut(LabClient& client, const LabUnderTest& lab, const std::string& node) {
    client.change_links({LinkVerb::down, {"h1-h2"}, {}});
    REQUIRE(
        eventually([&] { return lab.says(node, "cat /sys/class/net/eth0/operstate") == "down"; }));
}

/// h1 --- h2, whose interfaces stay through all changes.
constexpr const char* by_wire = R"({ "nodes": { "h[1-2]": {} },
    "links": [{ "endpoints": ["h1", "h2"], "engine": "user" }] })";

LinkChange set(const std::string& target, Properties properties) {
    return {LinkVerb::set, {target}, std::move(properties)};
}

std::string property(const LinkEndAnswer& end, const std::string& key) {
    const auto found = std::ranges::find(end.now, key, &Properties::value_type::first);
    return found == end.now.end() ? "" : found->second;
}

long descriptors_of(pid_t pid) {
    return std::distance(std::filesystem::directory_iterator{fmt::format("/proc/{}/fd", pid)}, {});
}

/// Of the supervisor and of its wire process, if there is one.
long descriptors_of_lab(const LabUnderTest& lab) {
    long all = descriptors_of(lab.supervisor());
    const auto wires =
        run({"pgrep", "-P", std::to_string(lab.supervisor()), "-f", "netlab: wires"}).out;
    if (!wires.empty()) {
        all += descriptors_of(static_cast<pid_t>(std::stol(wires)));
    }
    return all;
}

} // namespace

// h1 --1ms-- h2
TEST_CASE("a thousand changes of a link under traffic lose no packet and leak no descriptor") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    LabClient client{workshop.state_of(lab.name())};
    lab.says("h1", "true"); // what the first command needs is there
    client.links({});       // this one has been welcomed
    const auto before = descriptors_of_lab(lab);
    Program ping{Workshop::words({"exec", "--lab", lab.name(), "h1", "--", "ping", "-q", "-i",
                                  "0.005", "-c", "200", "-W", "20", "h2"}),
                 workshop.setting()};
    for (int i = 0; i < 1000; ++i) {
        client.change_links(set("h1-h2", {{"delay", fmt::format("{}us", 1000 + i)}}));
    }
    CHECK(ping.finish().out.find(" 0% packet loss") != std::string::npos);
    const auto links = client.links({"h1-h2"});
    CHECK(property(links.at(0).ends.at(0), "delay") == "1999us");
    CHECK(property(links.at(0).ends.at(1), "delay") == "1999us");
    CHECK(descriptors_of_lab(lab) == before);
}

// h1 --1ms-- h2
TEST_CASE("of five hundred commands at once each is carried out whole, and the last one stands") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    const auto before = descriptors_of_lab(lab);
    std::vector<std::thread> threads;
    std::vector<int> whole(500);
    for (int i = 0; i < 500; ++i) {
        threads.emplace_back([&, i] {
            LabClient client{workshop.state_of(lab.name())};
            const auto mine = fmt::format("{}us", 1 + i);
            const auto answer = client.change_links(set("h1-h2", {{"delay", mine}}));
            // The answer is of the moment of the change: nobody else's is half in it.
            whole[static_cast<std::size_t>(i)] =
                property(answer.at(0).ends.at(0), "delay") == mine &&
                property(answer.at(0).ends.at(1), "delay") == mine;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(std::ranges::count(whole, 1) == 500);
    LabClient client{workshop.state_of(lab.name())};
    client.change_links(set("h1-h2", {{"delay", "7ms"}}));
    CHECK(property(client.links({"h1-h2"}).at(0).ends.at(0), "delay") == "7ms");
    CHECK(eventually([&] { return descriptors_of_lab(lab) == before + 1; })); // `client`
}

// h1 --20ms-- h2
TEST_CASE("a link that is pulled out under traffic while it is shaped is shaped when it is back") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "delay": "20ms", "loss": "1%", "rate": "50mbit" }] })"};
    LabClient client{workshop.state_of(lab.name())};
    lab.says("h1", "true"); // what the first command needs is there
    client.links({});       // this one has been welcomed
    const auto before = descriptors_of_lab(lab);
    const Program flood{Workshop::words({"exec", "--lab", lab.name(), "h1", "--", "ping", "-q",
                                         "-i", "0.002", "h2"}),
                        workshop.setting()};
    for (int i = 0; i < 20; ++i) {
        client.change_links({LinkVerb::down, {"h1-h2"}, {}});
        client.change_links({LinkVerb::up, {"h1-h2"}, {}});
    }
    CHECK(lab.sh("h1", "ping -c1 -W10 h2 || ping -c5 -W10 h2").code == 0);
    CHECK(lab.sh("h1", "ping -c5 -i 0.1 h2 | grep -E 'min/avg|rtt' | grep -E '= 4[0-9]'").code ==
          0);
    CHECK(eventually([&] { return descriptors_of_lab(lab) == before; }));
}

// h1 --1ms-- h2
TEST_CASE("an interface that was deleted in its node is named when its link is to change") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    REQUIRE(lab.sh("h1", "ip link del eth0").code == 0);
    const auto refused =
        workshop.netlab({"link", "set", "--lab", lab.name(), "h1-h2", "--delay", "2ms"});
    INFO(refused.err);
    CHECK(refused.code == 1);
    CHECK(refused.err.find("h1:eth0") != std::string::npos);
    CHECK(lab.sh("h2", "true").code == 0);
}

// h1 --- h2
TEST_CASE("an interface that was renamed in its node is not made anew under its old name") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "ip link set eth0 down && ip link set eth0 name wan && ip link add eth0 type "
                   "bridge && ip link set wan up");
    const auto refused = workshop.netlab({"link", "down", "--lab", lab.name(), "h1-h2"});
    INFO(refused.err);
    CHECK(refused.code == 1);
    CHECK(refused.err.find("renamed h1:eth0") != std::string::npos);
    CHECK(lab.sh("h1", "ip link show wan").code == 0);
    CHECK(lab.says("h2", "cat /sys/class/net/eth0/carrier") == "1");
}

// h1 --1ms-- h2
TEST_CASE(
    "a wire process that does not answer is replaced, and what it was asked is not done later") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "delay": "1ms", "engine": "user" }] })"};
    LabClient client{workshop.state_of(lab.name())};
    const auto wires = static_cast<pid_t>(std::stol(
        run({"pgrep", "-P", std::to_string(lab.supervisor()), "-f", "netlab: wires"}).out));
    for (const auto verb : {LinkVerb::set, LinkVerb::down}) {
        ::kill(wires, SIGSTOP); // the first time only, then there is another
        const LinkChange change{verb, {"h1-h2"}, {}};
        const LinkChange slower = set("h1-h2", {{"delay", "200ms"}});
        if (verb == LinkVerb::set) {
            CHECK_THROWS_AS(client.change_links(slower), std::runtime_error);
            CHECK(property(client.links({"h1-h2"}).at(0).ends.at(0), "delay") == "1ms");
            CHECK(lab.sh("h1", "ping -c1 -W10 h2").code == 0);
            CHECK(lab.sh("h1", "ping -c3 -i 0.1 h2 | grep -E 'time=4[0-9]{2}'").code != 0);
        } else {
            CHECK(client.change_links(change).at(0).down);
            CHECK(!client.change_links({LinkVerb::up, {"h1-h2"}, {}}).at(0).down);
            CHECK(lab.sh("h1", "ping -c1 -W10 h2").code == 0);
        }
    }
}

// h1 --- h2 --- h3
TEST_CASE("a lab outlives a wire process that ends when the interface of a wire is gone") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {} },
        "defaults": { "link": { "engine": "user" } }, "links": [["h1", "h2"], ["h2", "h3"]] })"};
    REQUIRE(lab.sh("h3", "ip link del eth0").code == 0);
    CHECK(run({"pkill", "-KILL", "-P", std::to_string(lab.supervisor()), "-f", "netlab: wires"})
              .code == 0);
    CHECK(lab.sh("h1", "ping -c1 -W10 h2").code == 0);
    CHECK(lab.netlab("inspect").code == 0);
}

// h1 --- sw --- h[2-40]
TEST_CASE("many links that are plugged in again are waited for together") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "sw": { "kind": "switch" }, "h[1-40]": {} },
        "links": [["h[1-40]", "sw"]] })"};
    LabClient client{workshop.state_of(lab.name())};
    client.change_links({LinkVerb::down, {"all"}, {}});
    client.change_links({LinkVerb::up, {"all"}, {}});
    CHECK(lab.sh("h1", "ping -c1 -W10 h40").code == 0);
}

// h1 --- h2
TEST_CASE("while a command waits for a carrier the others are served") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, by_wire};
    // Somebody has to say first that it may be used (RFC 2863): the carrier is there and of no use.
    lab.says("h1", "ip link set dev eth0 mode dormant");
    LabClient client{workshop.state_of(lab.name())};
    const auto head_start = [&] {
        cut(client, lab, "h1");
        steady_clock::time_point answered;
        std::thread up{[&] {
            LabClient{workshop.state_of(lab.name())}.change_links({LinkVerb::up, {"h1-h2"}, {}});
            answered = steady_clock::now();
        }};
        while (client.links({"h1-h2"}).at(0).down) {
            short_pause();
        }
        const auto served = steady_clock::now();
        up.join();
        return answered - served;
    };
    CHECK(eventually([&] { return head_start() > std::chrono::seconds{1}; }));
}

// h1 --- h2
TEST_CASE("a change that is carried out is none that was refused if a node ends right after it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, by_wire};
    lab.says("h2", "ip link set dev eth0 mode dormant");
    LabClient client{workshop.state_of(lab.name())};
    cut(client, lab, "h2");
    std::vector<LinkAnswer> answer;
    std::thread up{[&] {
        answer =
            LabClient{workshop.state_of(lab.name())}.change_links({LinkVerb::up, {"h1-h2"}, {}});
    }};
    while (client.links({"h1-h2"}).at(0).down) {
        short_pause();
    }
    ::kill(lab.init_of("h2"), SIGKILL);
    up.join();
    CHECK(answer.size() == 1);
}

// h1 --1ms-- h2, by a supervisor that has other things to do
TEST_CASE("a command whose change is carried out late is told so, and of no failure", "[size]") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, shaped};
    LabClient client{workshop.state_of(lab.name())};
    ::kill(lab.supervisor(), SIGSTOP);
    std::thread later{[&] {
        std::this_thread::sleep_for(std::chrono::seconds{32}); // others give up after 30
        ::kill(lab.supervisor(), SIGCONT);
    }};
    std::vector<LinkAnswer> answer;
    CHECK_NOTHROW(answer = client.change_links(set("h1-h2", {{"delay", "2ms"}})));
    later.join();
    CHECK(answer.size() == 1);
}

// h1 --1kbit-- h2
TEST_CASE("what was sent at a slow rate does not hold up a link that is fast now") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-2]": {} }, "links": [
        { "endpoints": ["h1", "h2"], "rate": "1kbit", "engine": "user" }] })"};
    lab.sh("h1", "ping -q -c20 -i 0.01 -W 0.1 -s 1000 h2"); // 160 s of it
    LabClient client{workshop.state_of(lab.name())};
    client.change_links(set("h1-h2", {{"rate", "100mbit"}}));
    CHECK(lab.sh("h1", "ping -c1 -W10 h2").code == 0);
}

} // namespace netlab::test
