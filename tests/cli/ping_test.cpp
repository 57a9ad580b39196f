#include "support/catch.h"
#include "support/lab_under_test.h"

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr const char* chain = R"({ "nodes": { "h1": {}, "r": { "kind": "router" }, "h2": {},
    "sw": { "kind": "switch" } }, "links": [["h1", "sw"], ["sw", "r"], ["r", "h2"]] })";

json pair_of(const json& found, const std::string& from, const std::string& to) {
    for (const auto& pair : found.at("pairs")) {
        if (pair.at("from") == from && pair.at("to") == to) {
            return pair;
        }
    }
    return {};
}

} // namespace

// h1 --- sw --- r --- h2
TEST_CASE(
    "ping --all asks every node from every other, but not of switches, which have no address") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, chain};
    const auto ended = lab.netlab("ping", {"--all", "--json"});
    INFO(ended.out << ended.err);
    REQUIRE(ended.code == 0);
    const auto found = json::parse(ended.out);
    CHECK(found["asked"] == 6);
    CHECK(found["answered"] == 6);
    CHECK(found["pairs"].size() == 6);
    const auto pair = pair_of(found, "h1", "h2");
    CHECK(pair["answered"] == true);
    for (const std::string family : {"ipv4", "ipv6"}) {
        CHECK(pair[family]["answered"] == true);
        CHECK(pair[family]["milliseconds"] > 0);
        CHECK(pair[family]["tries"] >= 1);
        CHECK(pair[family]["error"] == "");
    }
    CHECK(pair["ipv4"]["address"].get<std::string>().starts_with("10."));
}

// h1 --- sw --- r --- h2
TEST_CASE("ping shows a matrix, and ends with 1 when somebody does not answer") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, chain};
    const auto well = lab.netlab("ping", {"--all"});
    CHECK(well.code == 0);
    CHECK(well.out.starts_with("  FROM 123\n1 h1    ..\n2 r    . .\n3 h2   ..\n"));
    CHECK(well.out.find("6 of 6 pairs answered, IPv4 6 of 6, IPv6 6 of 6; ") != std::string::npos);

    lab.sh("h2", "sysctl -qw net.ipv4.icmp_echo_ignore_all=1");
    const auto half = lab.netlab("ping", {"all", "h2", "--timeout", "200ms"});
    CHECK(half.code == 1);
    CHECK(half.out.find(" h1   6\n") != std::string::npos);
    CHECK(half.out.find("h1 -> h2 (") != std::string::npos);
    CHECK(half.out.find("): no answer\n") != std::string::npos);
    CHECK(half.out.find("0 of 2 pairs answered, IPv4 0 of 2, IPv6 2 of 2; ") != std::string::npos);
    CHECK(lab.netlab("ping", {"-6", "h1", "h2"}).code == 0);
    CHECK(lab.netlab("ping", {"-4", "h1", "h2", "--timeout", "100ms"}).code == 1);
}

// h1 --- sw --- r --- h2
TEST_CASE("ping from a node that has lost its route says so") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, chain};
    lab.sh("h1", "ip route flush default; ip -6 route flush default");
    const auto ended = lab.netlab("ping", {"h1", "h2"});
    INFO(ended.out);
    CHECK(ended.code == 1);
    CHECK(ended.out.find("no route") != std::string::npos);
    CHECK(ended.out.find("FROM") == std::string::npos); // one pair needs no matrix
}

TEST_CASE("ping wants to know who asks and who is asked, and knows who has no address") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, chain};
    const auto refused = [&](const std::vector<std::string>& words, const std::string& said) {
        const auto ended = lab.netlab("ping", words);
        INFO(ended.out << ended.err);
        CHECK(ended.code == 2);
        CHECK(ended.err.find(said) != std::string::npos);
    };
    refused({"h1"}, "netlab ping --all");
    refused({}, "netlab ping --all");
    refused({"--all", "h1", "h2"}, "not both");
    refused({"h1", "h9"}, "no node 'h9'");
    refused({"h1", "sw"}, "has an address");
    refused({"h1", "h2", "--timeout", "0s"}, "write 500ms or 5s");
    refused({"-4", "-6", "h1", "h2"}, "excludes");
}

} // namespace netlab::test
