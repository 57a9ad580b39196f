#include "plan/planned.h"
#include "support/catch.h"

using namespace netlab;
using namespace netlab::test;

namespace {

// h --- r1 === r2 --- x, and r3 on one LAN with r1 and r2
TopologyBuilder three_routers() {
    TopologyBuilder lab;
    lab.hosts({"h", "x"});
    lab.routers({"r1", "r2", "r3"});
    lab.link({"h", "r1"});
    lab.link({"r1", "r2"});
    lab.link({"r2", "x"});
    lab.link({"r1", "r2", "r3"});
    return lab;
}

void speak(TopologyBuilder& lab, const Daemons& daemons) {
    for (auto& node : lab.topology.nodes) {
        if (node.kind == NodeKind::router) {
            node.daemons = daemons;
        }
    }
}

void speak(TopologyBuilder& lab, bool ospf, bool bgp) {
    Daemons daemons;
    daemons.ospf = ospf;
    daemons.ospf6 = ospf;
    daemons.bgp = bgp;
    speak(lab, daemons);
}

std::string file(const Plan& plan, const std::string& of, const std::string& name) {
    for (const auto& one : node(plan, of).files) {
        if (one.path == "/etc/frr/" + name) {
            return one.text;
        }
    }
    return "";
}

std::string services(const Plan& plan, const std::string& of) {
    std::string names;
    for (const auto& service : node(plan, of).run) {
        names += service.name + " ";
    }
    return names;
}

std::string ready(const Plan& plan, const std::string& of, const std::string& name) {
    for (const auto& service : node(plan, of).run) {
        if (service.name == name) {
            return std::get<Command>(service.ready).argv.back();
        }
    }
    return "";
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("routers with OSPF have its daemons and no computed routes, hosts have a gateway") {
    auto lab = three_routers();
    speak(lab, true, false);
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r1") == "zebra ospfd ospf6d ");
    CHECK(services(plan, "h").empty());
    CHECK(routes(plan, "r1").empty());
    CHECK(routes(plan, "h").size() == 1);
}

TEST_CASE("OSPF is point-to-point between two, passive where there is no router, and has the "
          "links' costs") {
    auto lab = three_routers();
    lab.topology.links[1].cost = 7;
    speak(lab, true, false);
    const auto config = file(planned(lab.topology), "r1", "ospfd.conf");
    CHECK(has(config, "interface eth0\n ip ospf area 0\n ip ospf cost 1\n ip ospf passive\nexit"));
    CHECK(has(
        config,
        "interface eth1\n ip ospf area 0\n ip ospf cost 7\n ip ospf hello-interval 1\n"
        " ip ospf dead-interval 4\n ip ospf mtu-ignore\n ip ospf network point-to-point\nexit"));
    CHECK(has(config,
              "interface eth2\n ip ospf area 0\n ip ospf cost 1\n ip ospf hello-interval 1\n"
              " ip ospf dead-interval 4\n ip ospf mtu-ignore\nexit"));
    CHECK(has(config, "ospf router-id 10.255.0.1"));
}

TEST_CASE("a router is ready when it has a route to all that it is not joined to itself") {
    auto lab = three_routers();
    speak(lab, true, false);
    const auto plan = planned(lab.topology);
    // Of r2 and r3: x's subnet and two loopbacks.
    CHECK(has(ready(plan, "r1", "ospfd"), "test $(ip -o -4 route show proto ospf | wc -l) -ge 3 "));
    CHECK(
        has(ready(plan, "r3", "ospf6d"), "test $(ip -o -6 route show proto ospf | wc -l) -ge 5 "));
}

TEST_CASE("BGP has a session with each router on the same link, in both families") {
    auto lab = three_routers();
    speak(lab, false, true);
    lab.topology.nodes[3].daemons.asn = 4'200'000'000;
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r1") == "zebra bgpd ");
    const auto config = file(plan, "r1", "bgpd.conf");
    CHECK(has(config, "router bgp 65001\n"));
    CHECK(has(config, "neighbor 10.0.2.2 remote-as 4200000000\n"));
    CHECK(has(config, "neighbor 10.0.4.3 remote-as 65002\n"));
    CHECK(has(config, "neighbor fd00:6e6c:0:4::3 remote-as 65002\n"));
}

TEST_CASE("a file or a service of a daemon's name in the topology is left as it is") {
    auto lab = three_routers();
    speak(lab, true, false);
    FileRequest own;
    own.path = "/etc/frr/ospfd.conf";
    own.text = "mine";
    lab.topology.nodes[2].files.push_back(own);
    Service service;
    service.name = "ospf6d";
    lab.topology.nodes[2].run.push_back(service);
    const auto plan = planned(lab.topology);
    CHECK(file(plan, "r1", "ospfd.conf") == "mine");
    CHECK(ready(plan, "r1", "ospfd") == "test -S /run/frr/ospfd.vty");
    CHECK(services(plan, "r1") == "zebra ospfd ospf6d ");
    CHECK(node(plan, "r1").run.back().command.argv.empty());
}

TEST_CASE("a link that is down brings no neighbour and no route to wait for") {
    auto lab = three_routers();
    lab.topology.links[1].up = false;
    lab.topology.links[3].up = false;
    speak(lab, true, false);
    const auto plan = planned(lab.topology);
    CHECK_FALSE(has(file(plan, "r1", "ospfd.conf"), "hello-interval"));
    CHECK(ready(plan, "r1", "ospfd") == "test -S /run/frr/ospfd.vty");
}

TEST_CASE("two ends of a router in one LAN are one neighbour of BGP, and a LAN of three to OSPF") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2"});
    lab.switches({"sw"});
    lab.link({"r1", "sw"});
    lab.link({"r1", "sw"});
    lab.link({"r2", "sw"});
    speak(lab, true, true);
    const auto plan = planned(lab.topology);
    CHECK_FALSE(has(file(plan, "r1", "ospfd.conf"), "point-to-point"));
    CHECK_FALSE(has(file(plan, "r2", "ospfd.conf"), "point-to-point"));
    const auto sessions = [&](const std::string& of) {
        const auto text = file(plan, of, "bgpd.conf");
        std::size_t count = 0;
        for (auto at = text.find("remote-as"); at != std::string::npos;
             at = text.find("remote-as", at + 1)) {
            ++count;
        }
        return count;
    };
    CHECK(sessions("r1") == 2); // one in each family
    CHECK(sessions("r2") == 2);
}

TEST_CASE("numbers of autonomous systems that the file gives are given to nobody else") {
    auto lab = three_routers();
    speak(lab, false, true);
    lab.topology.nodes[4].daemons.asn = 65'002;
    const auto plan = planned(lab.topology);
    CHECK(has(file(plan, "r1", "bgpd.conf"), "router bgp 65001\n"));
    CHECK(has(file(plan, "r2", "bgpd.conf"), "router bgp 65003\n"));
    CHECK(has(file(plan, "r3", "bgpd.conf"), "router bgp 65002\n"));
}

TEST_CASE("nothing is written into a directory of the host's that is bound to /etc/frr") {
    auto lab = three_routers();
    speak(lab, true, false);
    Bind bind;
    bind.node_path = "/etc/frr";
    lab.topology.nodes[2].binds.push_back(bind);
    const auto plan = planned(lab.topology);
    CHECK(node(plan, "r1").files.empty());
    CHECK(ready(plan, "r2", "ospfd") == "test -S /run/frr/ospfd.vty");
}

TEST_CASE(
    "OSPFv3 alone leaves IPv4 to connected routes, or to staticd where the file asks for it") {
    auto lab = three_routers();
    Daemons daemons;
    daemons.ospf6 = true;
    speak(lab, daemons);
    lab.topology.nodes[2].daemons.static_routes = true;
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r1") == "zebra staticd ospf6d ");
    CHECK(services(plan, "r2") == "zebra ospf6d ");
    CHECK(routes(plan, "r1").empty());
    const auto config = file(plan, "r1", "staticd.conf");
    CHECK(has(config, "\nip route 10.0.3.0/24 10.0.2.2 eth1\n"));
    CHECK_FALSE(has(config, "ipv6 route"));
    CHECK(has(ready(plan, "r1", "staticd"), "route show proto 196 | wc -l) -ge "));
    CHECK(has(ready(plan, "r1", "ospf6d"), "-6 route show proto ospf | wc -l) -ge 3 "));
}

TEST_CASE("staticd has all computed routes, each way of each, where it runs alone") {
    auto lab = three_routers();
    Daemons daemons;
    daemons.static_routes = true;
    speak(lab, daemons);
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r3") == "zebra staticd ");
    CHECK(routes(plan, "r3").empty());
    const auto config = file(plan, "r1", "staticd.conf");
    CHECK(has(config, "\nip route 10.0.3.0/24 10.0.2.2 eth1\n"));
    CHECK(has(config, "\nip route 10.0.3.0/24 10.0.4.2 eth2\n"));
    CHECK(has(config, "\nipv6 route fd00:6e6c:0:3::/64 fd00:6e6c:0:2::2 eth1\n"));
}

TEST_CASE("IS-IS runs over every link of a router in both families, with the links' costs") {
    auto lab = three_routers();
    lab.topology.links[1].cost = 7;
    lab.topology.links[2].mtu = 1400;
    Daemons daemons;
    daemons.isis = true;
    speak(lab, daemons);
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r1") == "zebra isisd ");
    const auto config = file(plan, "r1", "isisd.conf");
    CHECK(has(config, "interface eth0\n ip router isis lab\n ipv6 router isis lab\n"
                      " isis metric 1\n isis passive\nexit"));
    CHECK(has(config, "interface eth1\n ip router isis lab\n ipv6 router isis lab\n"
                      " isis metric 7\n isis hello-interval 1\n isis hello-multiplier 4\n"));
    CHECK(has(config, " isis network point-to-point\nexit\ninterface eth2\n"));
    CHECK_FALSE(has(config.substr(config.find("interface eth2")), "point-to-point"));
    // FRRouting waits for half a minute where the interval comes later: see isis_config.
    CHECK(config.find("router isis lab\n lsp-gen-interval 1\nexit\nhostname r1\n") <
          config.find("\n net"));
    CHECK(config.find("router isis lab\n net") < config.find("interface eth0"));
    CHECK(has(config, "\n net 49.0001.0102.5500.0001.00\n"));
    CHECK(has(config, "\n lsp-mtu 1397\n"));
    CHECK(has(ready(plan, "r1", "isisd"), "-4 route show proto isis | wc -l) -ge 3 "));
    CHECK(has(ready(plan, "r1", "isisd"), "-6 route show proto isis | wc -l) -ge 3 "));
}

// r1 --- r2 over IPv4, r2 --- r3 over IPv6, all on one LAN
TEST_CASE(
    "IS-IS is no point-to-point link where a third router has addresses of the other family") {
    TopologyBuilder lab;
    lab.routers({"r1", "r2", "r3"});
    lab.link({"r1", "r2", "r3"});
    lab.topology.links[0].endpoints[0].ipv6.off = true;
    lab.topology.links[0].endpoints[2].ipv4.off = true;
    Daemons daemons;
    daemons.isis = true;
    speak(lab, daemons);
    CHECK_FALSE(has(file(planned(lab.topology), "r1", "isisd.conf"), "point-to-point"));
}

TEST_CASE("RIP runs over every link of a router, in a daemon for each family") {
    auto lab = three_routers();
    Daemons daemons;
    daemons.rip = true;
    speak(lab, daemons);
    const auto plan = planned(lab.topology);
    CHECK(services(plan, "r1") == "zebra ripd ripngd ");
    const auto config = file(plan, "r1", "ripd.conf");
    CHECK(has(config, "router rip\n network eth0\n passive-interface eth0\n network eth1\n"
                      " network eth2\n redistribute connected\n"));
    CHECK(has(file(plan, "r1", "ripngd.conf"), "router ripng\n network eth0\n"));
    CHECK(has(ready(plan, "r3", "ripngd"), "-6 route show proto 190 | wc -l) -ge 5 "));
}

// r1 --- r2 --- … --- r17
TEST_CASE("a router waits for no more than RIP's sixteen steps let it learn, and the file's author "
          "is told") {
    TopologyBuilder lab;
    lab.routers({"r1"});
    for (int i = 2; i <= 17; ++i) {
        lab.routers({"r" + std::to_string(i)});
        lab.link({"r" + std::to_string(i - 1), "r" + std::to_string(i)});
    }
    Daemons daemons;
    daemons.rip = true;
    speak(lab, daemons);
    Diagnostics diagnostics;
    const auto plan = make_plan(lab.topology, diagnostics);
    // Of r2 to r15: their loopbacks, and the subnets to r3 up to r16.
    CHECK(has(ready(plan, "r1", "ripd"), "-4 route show proto 189 | wc -l) -ge 28 "));
    REQUIRE(diagnostics.all().size() == 1);
    CHECK(has(diagnostics.all().front().message, "r1 and r17 are further apart"));
}
