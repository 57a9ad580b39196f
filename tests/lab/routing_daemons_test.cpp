#include "support/catch.h"
#include "support/golden.h"
#include "support/lab_under_test.h"
#include "support/ping.h"

namespace netlab::test {

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// FRRouting changes to a user of its own. Where nodes have one id only, `up` has to say so.
bool runs_daemons(const Workshop& workshop, const std::string& topology) {
    if (has_many_ids(workshop)) {
        return true;
    }
    const auto name = Workshop::lab_name();
    const auto up = workshop.netlab({"up", "-l", name, lab_file(topology).path});
    CHECK(up.code == 2);
    CHECK(has(up.err, "cannot run routing daemons in node"));
    CHECK(has(up.err, "they change to the user frr, and this lab has one user id only"));
    CHECK(has(up.err, topology + ":4:"));
    CHECK(has(up.err, "/etc/subuid"));
    CHECK(workshop.left_of(name) == "");
    return false;
}

/// Four routers in a ring with a host at each; the routers have `more`.
std::string ring_with(const std::string& top, const std::string& more) {
    return "{ " + top + R"(, "nodes": { "r[1-4]": { "kind": "router")" + more +
           R"( }, "h[1-4]": {} },
        "links": [["h[1-4]", "r[1-4]"], ["r[1-3]", "r[2-4]"], ["r4", "r1"]] })";
}

} // namespace

TEST_CASE("where FRRouting is not installed, up names the package that has it") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    auto setting = workshop.setting();
    setting.env["LAB"] = name;
    setting.env["NETLAB"] = Workshop::words({}).front();
    setting.env["FILE"] = lab_file("ospf-ring.json").path;
    const auto up = run({"unshare", "-Urm", "sh", "-c",
                         "mount -t tmpfs none /usr/lib/frr && exec $NETLAB up -l $LAB $FILE"},
                        setting);
    INFO(up.err);
    CHECK(up.code == 2);
    CHECK(has(up.err, "FRRouting is not installed"));
    CHECK(has(up.err, "apt-get install frr"));
    CHECK(has(up.err, "ospf-ring.json:4:"));
    CHECK(workshop.left_of(name) == "");
}

// r1 ... r6 in a ring, h1 ... h6 each at one
TEST_CASE(
    "a ring of OSPF routers is up when all pairs ping, and finds another way when a link goes") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "ospf-ring.json")) {
        return;
    }
    const LabUnderTest lab{workshop, lab_file("ospf-ring.json")};
    CHECK(unreached(lab, "h[1-6]") == "");
    CHECK(eventually(
        [&] { return lab.sh("r1", "ip -4 route | grep -q 'nexthop.*dev west'").code == 0; }));
    CHECK(workshop.netlab({"link", "down", "-l", lab.name(), "r1-r2"}).code == 0);
    CHECK(eventually(
        [&] { return lab.sh("h1", "ping -4 -c1 -W1 h2 && ping -6 -c1 -W1 h2").code == 0; }));
    CHECK(lab.says("r1", "ip -4 route get $(getent ahostsv4 h2 | head -n1 | cut -d' ' -f1) | grep "
                         "-c 'dev west'") == "1");
    CHECK(workshop.netlab({"link", "up", "-l", lab.name(), "r1-r2"}).code == 0);
    CHECK(eventually([&] {
        return lab.says("r1", "ip -4 route get $(getent ahostsv4 h2 | head -n1 | cut -d' ' -f1)")
                   .find("dev east") != std::string::npos;
    }));
    CHECK(workshop.netlab({"link", "set", "-l", lab.name(), "r1-r2", "--loss", "100%"}).code == 0);
    CHECK(eventually(
        [&] { return lab.sh("h1", "ping -4 -c1 -W1 h2 && ping -6 -c1 -W1 h2").code == 0; }));
    CHECK(lab.netlab("restart", {"r4"}).code == 0);
    CHECK(eventually([&] { return unreached(lab, "h[1-6]") == ""; }, std::chrono::seconds{60}));
}

// spine1, spine2 over leaf1 ... leaf4, a host at each
TEST_CASE("leaves reach each other over both spines by BGP, and over one when the other stops") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "bgp-clos.json")) {
        return;
    }
    const LabUnderTest lab{workshop, lab_file("bgp-clos.json")};
    CHECK(unreached(lab, "h[1-4]", "h*") == "");
    const auto ways = "ip -4 route show $(getent ahostsv4 h4 | head -n1 | cut -d. -f1-3).0/24 | "
                      "grep -o 'dev up[12]' | sort -u | xargs";
    CHECK(eventually([&] { return lab.says("leaf1", ways) == "dev up1 dev up2"; }));
    CHECK(lab.netlab("stop", {"spine1"}).code == 0);
    CHECK(eventually([&] { return lab.says("leaf1", ways) == "dev up2"; }));
    CHECK(unreached(lab, "h[1-4]", "h*") == "");
    const auto start = lab.netlab("start", {"spine1"});
    INFO(start.err);
    CHECK(start.code == 0);
    CHECK(eventually([&] { return lab.says("leaf1", ways) == "dev up1 dev up2"; }));
}

// h1 - r1 - r2 - r3 - h3
TEST_CASE("a router's own configuration, service or protocol takes the place of netlab's") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "ospf-ring.json")) {
        return;
    }
    const LabUnderTest lab{workshop, R"({ "routing": "ospf",
        "nodes": { "r1": { "kind": "router" }, "r3": { "kind": "router", "daemons": ["bgp", "ospf"], "asn": 64999 },
            "r2": { "kind": "router", "daemons": ["bgp", "ospf"],
                "files": { "/etc/frr/ospfd.conf": "router ospf\n redistribute connected\n network 0.0.0.0/0 area 0\n" } },
            "h[1,3]": {} },
        "links": [["h1", "r1"], ["r1", "r2"], ["r2", "r3"], ["r3", "h3"]] })"};
    CHECK(has(lab.says("r2", "vtysh -c 'show running-config'"), "network 0.0.0.0/0 area 0"));
    CHECK(
        eventually([&] { return has(lab.says("r2", "vtysh -c 'show bgp summary'"), " 64999 "); }));
    CHECK(lab.says("h1", "ip route show default | wc -l") == "1");
}

// r1 ... r4 in a ring, h1 ... h4 each at one
TEST_CASE("rings of IS-IS and of RIP are up when all pairs ping, and find another way") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "ospf-ring.json")) {
        return;
    }
    const auto* const protocol = GENERATE("isis", "rip");
    const LabUnderTest lab{workshop,
                           ring_with(R"("routing": ")" + std::string{protocol} + '"', "")};
    // A hello that a busy machine holds up for seconds is a neighbour lost for a moment.
    CHECK(eventually([&] { return unreached(lab) == ""; }, std::chrono::minutes{1}));
    CHECK(has(lab.says("r1", "ip route show proto " + std::string{protocol}), " via "));
    CHECK(has(lab.says("r1", "vtysh -c 'show running-config'"), "router " + std::string{protocol}));
    CHECK(workshop.netlab({"link", "down", "-l", lab.name(), "r1-r2"}).code == 0);
    CHECK(
        eventually([&] { return unreached(lab, "h[1-2]", "h*") == ""; }, std::chrono::minutes{1}));
}

// r1 ... r4 in a ring, h1 ... h4 each at one
TEST_CASE("routers with staticd have the routes that netlab computes, by FRRouting") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "ospf-ring.json")) {
        return;
    }
    const LabUnderTest lab{workshop,
                           ring_with(R"("description": "")", R"(, "daemons": ["static"])")};
    CHECK(unreached(lab) == "");
    CHECK(lab.says("r1", "ip route show proto 196 | grep -c ^10") != "0");
    CHECK(has(lab.says("r1", "vtysh -c 'show running-config'"), "ipv6 route fd00:"));
}

// r1 ... r4 in a ring, h1 ... h4 each at one
TEST_CASE("OSPFv3 goes with other protocols for IPv4, and all six of them run in one router") {
    const Workshop workshop;
    if (!runs_daemons(workshop, "ospf-ring.json")) {
        return;
    }
    const LabUnderTest lab{
        workshop, ring_with(R"("description": "")", R"(, "daemons": ["ospf6", "static"])")};
    CHECK(eventually([&] { return unreached(lab) == ""; }, std::chrono::minutes{1}));
    CHECK(lab.says("r1", "pgrep -x ospfd || echo none") == "none");
    CHECK(has(lab.says("r1", "ip -6 route show proto ospf"), " via "));
    const LabUnderTest all{workshop, R"({ "nodes": { "r[1-2]": { "kind": "router",
        "daemons": ["ospf", "ospf6", "bgp", "isis", "rip", "static"] } }, "links": [["r1", "r2"]] })"};
    CHECK(has(all.up().out, "16 services"));
    const auto learned = [&](const std::string& command) {
        return eventually([&] { return has(all.says("r1", "vtysh -c '" + command + "'"), "via "); },
                          std::chrono::minutes{1});
    };
    for (const auto* const protocol : {"ospf", "bgp", "isis", "rip"}) {
        INFO(protocol);
        CHECK(learned("show ip route " + std::string{protocol}));
    }
    CHECK(learned("show ipv6 route ospf6"));
}

} // namespace netlab::test
