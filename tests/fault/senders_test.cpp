#include "fault/senders.h"
#include "plan/planned.h"
#include "support/catch.h"

#include <algorithm>

using namespace netlab;
using namespace netlab::test;

namespace {

std::vector<std::string> texts(const std::vector<AddressRange>& ranges) {
    std::vector<std::string> texts;
    for (const auto& [first, last] : ranges) {
        texts.push_back(to_string(first) + " - " + to_string(last));
    }
    return texts;
}
using Texts = std::vector<std::string>;

} // namespace

// a, b, c, d on one switch
TEST_CASE("the addresses of neighbours are one range, that no other node is in") {
    TopologyBuilder lab;
    lab.hosts({"a", "b", "c", "d"});
    lab.switches({"sw"});
    for (const std::string name : {"a", "b", "c", "d"}) {
        lab.link({name, "sw"});
    }
    const auto plan = planned(lab.topology);
    const Senders senders{plan};
    CHECK(texts(senders.ranges({lab.id("a"), lab.id("b"), lab.id("c")})) ==
          Texts{"10.0.1.1 - 10.0.1.3", "fd00:6e6c:0:1::1 - fd00:6e6c:0:1::3"});
    CHECK(texts(senders.ranges({lab.id("a"), lab.id("c")})) ==
          Texts{"10.0.1.1 - 10.0.1.1", "10.0.1.3 - 10.0.1.3", "fd00:6e6c:0:1::1 - fd00:6e6c:0:1::1",
                "fd00:6e6c:0:1::3 - fd00:6e6c:0:1::3"});
    CHECK(senders.macs(lab.id("d"), {lab.id("a"), lab.id("c")}).size() == 2);
    CHECK(senders.macs(lab.id("sw"), {lab.id("b")}).size() == 1);
}

// a --- r --- b
TEST_CASE("a range holds the nodes' loopbacks, and takes in nobody between far addresses") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.routers({"r"});
    lab.link({"a", "r"});
    lab.link({"r", "b"});
    const auto plan = planned(lab.topology);
    const Senders senders{plan};
    CHECK(texts(senders.ranges({lab.id("r")})) ==
          Texts{"10.0.1.2 - 10.0.1.2", "10.0.2.1 - 10.0.2.1", "10.255.0.1 - 10.255.0.1",
                "fd00:6e6c:0:1::2 - fd00:6e6c:0:1::2", "fd00:6e6c:0:2::1 - fd00:6e6c:0:2::1",
                "fd00:6e6c:ffff::1 - fd00:6e6c:ffff::1"});
}

// a --- r --- b
TEST_CASE("a MAC address is known on the link where it is only") {
    TopologyBuilder lab;
    lab.hosts({"a", "b"});
    lab.routers({"r"});
    lab.link({"a", "r"});
    lab.link({"r", "b"});
    const auto plan = planned(lab.topology);
    const Senders senders{plan};
    CHECK(senders.macs(lab.id("a"), {lab.id("b")}).empty());
    CHECK(senders.macs(lab.id("a"), {lab.id("r")}) ==
          std::vector{node(plan, "r").interfaces[0].mac});
    CHECK(senders.macs(lab.id("b"), {lab.id("r")}) ==
          std::vector{node(plan, "r").interfaces[1].mac});
}
