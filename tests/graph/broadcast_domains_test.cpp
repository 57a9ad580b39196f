#include "graph/broadcast_domains.h"
#include "graph/graph.h"
#include "support/catch.h"
#include "support/topology_builder.h"

using namespace netlab;
using netlab::test::TopologyBuilder;

using Domains = std::vector<std::vector<LinkId>>;

namespace {

Domains domains_of(const TopologyBuilder& lab, LinkChoice choice = LinkChoice::all) {
    return broadcast_domains(make_graph(lab.topology), choice);
}

} // namespace

// h1 -0- r1 -1- r2
TEST_CASE("a point-to-point link is a broadcast domain of its own") {
    TopologyBuilder lab;
    lab.host("h1");
    lab.routers({"r1", "r2"});
    lab.link({"h1", "r1"});
    lab.link({"r1", "r2"});
    CHECK(domains_of(lab) == Domains{{link_id(0)}, {link_id(1)}});
}

// h1 -0- s1 -2- s2 -3- h2, r1 -1- r2
TEST_CASE("switches join their links to one domain, numbered by its first link") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2"});
    lab.routers({"r1", "r2"});
    lab.switches({"s1", "s2"});
    lab.link({"h1", "s1"});
    lab.link({"r1", "r2"});
    lab.link({"s1", "s2"});
    lab.link({"s2", "h2"});
    CHECK(domains_of(lab) == Domains{{link_id(0), link_id(2), link_id(3)}, {link_id(1)}});
}

// segment 0: h1 h2 s1, and s1 -1- h3
TEST_CASE("a LAN segment is its own domain unless one of its ends is a switch") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2", "h3"});
    lab.a_switch("s1");
    lab.link({"h1", "h2", "s1"});
    lab.link({"s1", "h3"});
    lab.link({"h1", "h2", "h3"});
    CHECK(domains_of(lab) == Domains{{link_id(0), link_id(1)}, {link_id(2)}});
}

// h1 -0- s1 -1x- s2 -2- h2
TEST_CASE("a domain is torn where a link is down only if links that are up are asked for") {
    TopologyBuilder lab;
    lab.hosts({"h1", "h2"});
    lab.switches({"s1", "s2"});
    lab.link({"h1", "s1"});
    lab.link({"s1", "s2"}).up = false;
    lab.link({"s2", "h2"});
    CHECK(domains_of(lab) == Domains{{link_id(0), link_id(1), link_id(2)}});
    CHECK(domains_of(lab, LinkChoice::up) == Domains{{link_id(0)}, {link_id(2)}});
}
