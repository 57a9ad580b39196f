#include "plan/plan_json.h"
#include "plan/planned.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace netlab;
using namespace netlab::test;

namespace {

Impairment impairment(const std::vector<std::pair<std::string, std::string>>& properties) {
    Impairment made;
    for (const auto& [key, text] : properties) {
        CHECK_FALSE(set_property(made, key, text));
    }
    return made;
}

/// A lossy, slow way there and a trace's way back; on the segment, what leaves h2.
void shape(TopologyBuilder& lab) {
    auto& wan = lab.topology.links[3];
    wan.engine = Engine::user;
    wan.endpoints[0].leaving = impairment({{"delay", "20ms"},
                                           {"jitter", "2ms"},
                                           {"loss", "p=1%,r=20%"},
                                           {"duplicate", "0.1%"},
                                           {"corrupt", "0.01%"},
                                           {"reorder", "1%"},
                                           {"rate", "1.5mbit"},
                                           {"queue", "64kB"},
                                           {"correlation", "25%"},
                                           {"distribution", "normal"},
                                           {"seed", "42"}});
    wan.endpoints[1].leaving.trace.trace =
        std::make_shared<const Trace>(Trace{"traces/cell.up", {0, 7}});
    lab.topology.links[6].endpoints[1].leaving = impairment({{"delay", "5ms"}});
    lab.topology.links[0].endpoints[0].leaving = impairment({{"seed", "7"}});
}

void serve(Node& node) {
    Service web;
    web.name = "web";
    web.command = {{"/bin/sh", "-c", "exec web --port 80"}, {}};
    web.ready = std::uint16_t{80};
    web.restart = RestartPolicy::always;
    web.env["PASSWORD"] = "most-secret";
    Service job;
    job.name = "job";
    job.command = {{"job", "now"}, {}};
    job.user = "nobody";
    job.ready = std::string{"done"};
    Service asked;
    asked.name = "asked";
    asked.command = {{"asked"}, {}};
    asked.ready = Command{{"ask", "it"}, {}};
    asked.stop_signal = 3;
    node.run = {web, job, asked};
}

// h1, h2 --- sw --- r1 === r2 --- srv, all hosts and r2 on a segment
TopologyBuilder everything() {
    TopologyBuilder lab;
    lab.topology.name = "everything";
    lab.topology.description = "one of each";
    lab.hosts({"h1", "h2", "srv"});
    lab.a_switch("sw");
    lab.routers({"r1", "r2"});
    lab.link({"h1", "sw"});
    lab.link({"h2", "sw"});
    lab.link({"sw", "r1"});
    lab.link({"r1:wan0", "r2:wan0"}).cost = 5;
    lab.link({"r1:wan1", "r2:wan1"}).cost = 5;
    lab.link({"r2", "srv"}).mtu = 9000;
    lab.link({"h1", "h2", "srv"}).up = false;
    lab.route("r2", "192.0.2.0/24", "srv").metric = 7;
    auto& node = lab["srv"];
    node.env["TOKEN"] = "very-secret";
    node.files.push_back({"/etc/key", "also-secret", {}});
    node.limits = {500, 256U << 20U, 100};
    node.clock = {std::chrono::seconds{2}, -50'000, std::chrono::hours{1}, {}};
    node.sysctls.push_back({"net.ipv4.tcp_syncookies", "0", {}});
    node.labels = {"edge"};
    node.position = Point{1.5, -2};
    node.binds.push_back({"/srv/www", "/www", true, {}});
    node.private_directories.push_back({"/var/lib/x", {}});
    node.exec.push_back({{"/bin/sh", "-c", "true"}, {}});
    serve(node);
    node.publish = {{*parse_address("127.0.0.1"), 8080, 80, false, {}},
                    {*parse_address("::1"), 5353, 53, true, {}}};
    lab["h1"].depends_on = {{NodeId{2}, {}}};
    shape(lab);
    return lab;
}

} // namespace

TEST_CASE("a plan as JSON has stable keys and no secrets") {
    const auto json = plan_to_json(planned(everything().topology));
    CHECK(golden_difference("plans/everything.json", json + "\n") == "");
    CHECK(json.find("secret") == std::string::npos);
}

TEST_CASE("a plan as text is complete and shows no secrets") {
    const auto text = text_of(planned(everything().topology));
    CHECK(golden_difference("plans/everything.txt", text) == "");
    CHECK(text.find("secret") == std::string::npos);
}

// a --- b
TEST_CASE("plans differ where what happens on the way or what carries it does") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.link({"a", "b"});
    auto shaped = lab;
    shaped.topology.links[0].endpoints[1].leaving = impairment({{"delay", "1ms"}});
    auto carried = lab;
    carried.topology.links[0].engine = Engine::user;
    CHECK(planned(lab.topology) == planned(TopologyBuilder{lab}.topology));
    CHECK_FALSE(planned(lab.topology) == planned(shaped.topology));
    CHECK_FALSE(planned(lab.topology) == planned(carried.topology));
    CHECK(planned(shaped.topology).nodes[1].interfaces[0].leaving ==
          impairment({{"delay", "1ms"}}));
    CHECK(planned(carried.topology).links[0].engine == Engine::user);
    CHECK(text_of(planned(lab.topology)).find("Impairments") == std::string::npos);
}

TEST_CASE("text of the file that is not UTF-8 is still a plan as JSON, of one line if asked") {
    TopologyBuilder lab;
    lab.host("h").exec.push_back({{"\xff\x1b"}, {}});
    const auto json = plan_to_json(planned(lab.topology), -1);
    CHECK(json.find("\xef\xbf\xbd\\u001b") != std::string::npos);
    CHECK(json.find('\n') == std::string::npos);
}

TEST_CASE("every name is in the hosts file with its loopback or first address that is up") {
    auto lab = everything();
    lab.topology.links[0].up = false;
    lab.link({"h1", "sw"});
    const auto hosts = planned(lab.topology).hosts;
    CHECK(hosts.substr(0, hosts.find("h2")) ==
          "127.0.0.1          localhost\n"
          "::1                localhost ip6-localhost ip6-loopback\n"
          "10.0.1.4           h1\n"
          "fd00:6e6c:0:1::4   h1\n"
          "10.0.1.2           ");
    CHECK(hosts.find("10.255.0.1         r1\n") != std::string::npos);
    CHECK(hosts.find("sw") == std::string::npos);
}
