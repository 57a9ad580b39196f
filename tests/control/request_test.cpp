#include "control/request.h"
#include "support/catch.h"

#include <stdexcept>
#include <string>

namespace netlab::test {

TEST_CASE("requests and replies are the same after a way through JSON") {
    const auto request =
        parse_request(to_json(Request{Request::Kind::join, {"h1", "@edge", "\"\\\n"}}));
    CHECK(request.kind == Request::Kind::join);
    CHECK(request.nodes == std::vector<std::string>{"h1", "@edge", "\"\\\n"});
    CHECK(parse_request(to_json(Request{Request::Kind::nodes, {}})).kind == Request::Kind::nodes);

    Reply reply;
    reply.nodes = {{"h1", "host", true, "", {{"A", "1"}, {"B", "é"}}, "nobody", "/tmp"},
                   {"h2", "router", false, "killed by signal 9", {}, "", ""}};
    reply.hint = "a hint";
    const auto same = parse_reply(to_json(reply));
    CHECK(same.hint == "a hint");
    REQUIRE(same.nodes.size() == 2);
    CHECK(same.nodes[0].env == reply.nodes[0].env);
    CHECK(same.nodes[0].user == "nobody");
    CHECK(same.nodes[1].end == "killed by signal 9");
    CHECK_FALSE(same.nodes[1].running);
}

TEST_CASE("a reply with the names of nodes alone holds nothing else of them") {
    CHECK(parse_request(to_json(Request{Request::Kind::names, {}})).kind == Request::Kind::names);
    Reply reply;
    reply.nodes.resize(100);
    const auto before = to_json(Reply{}).size();
    for (auto& node : reply.nodes) {
        node.name = "h1";
    }
    const auto text = to_json(reply);
    CHECK(text.size() - before < 100 * std::string{R"({"name":"h1"},)"}.size());
    CHECK(parse_reply(text).nodes.at(99).name == "h1");
}

TEST_CASE("services are the same after a way through JSON, whatever their node says of them") {
    Request stop{Request::Kind::stop, {"db"}};
    stop.service = "redis";
    stop.patience = std::chrono::milliseconds{1500};
    const auto asked = parse_request(to_json(stop));
    CHECK(asked.kind == Request::Kind::stop);
    CHECK(asked.service == "redis");
    CHECK(asked.patience == stop.patience);

    Reply reply;
    NodeAnswer node{"db", "host", true, "", {}, "", "", 17, true};
    node.services = {{"redis", "failed", 0, 3, 256, 1.7e9},
                     {"x", "unknown", -5, 1UL << 31U, -1, 0}};
    reply.nodes = {node};
    const auto same = parse_reply(to_json(reply)).nodes.at(0);
    CHECK(same.pid == 17);
    CHECK(same.stopped);
    REQUIRE(same.services.size() == 2);
    CHECK(same.services[0].state == "failed");
    CHECK(same.services[0].restarts == 3);
    CHECK(same.services[0].exit_status == 256);
    CHECK(same.services[1].pid == -5);
    CHECK(same.services[1].restarts == 1UL << 31U);
}

TEST_CASE("faults are the same after a way through JSON, sides of two nodes too") {
    Reply reply;
    FaultAnswer fault;
    fault.id = "p1";
    fault.apart = {{{"h1", "h2"}, {"h3", "srv"}}, {{"h3"}, {"h1", "h2"}}};
    reply.faults = {fault};
    const auto same = parse_reply(to_json(reply)).faults;
    REQUIRE(same.size() == 1);
    CHECK(same[0].id == "p1");
    CHECK(same[0].apart == fault.apart);
}

TEST_CASE("a ring of hundreds of nodes, each apart from nearly all others, is a short answer") {
    constexpr std::size_t nodes = 300;
    Reply reply;
    auto& fault = reply.faults.emplace_back();
    const auto name = [](std::size_t i) { return "node" + std::to_string(i * 7 % nodes); };
    for (std::size_t i = 0; i < nodes; ++i) {
        auto& [from, to] = fault.apart.emplace_back();
        to = {name(i)};
        for (std::size_t step = 2; step < nodes - 1; ++step) {
            from.push_back(name((i + step) % nodes));
        }
    }
    const auto text = to_json(reply);
    CHECK(text.size() < 30'000);
    const auto same = parse_reply(text).faults;
    REQUIRE(same.size() == 1);
    CHECK((same[0].apart == fault.apart));
}

TEST_CASE("what is no message is an error that says so") {
    for (const std::string text :
         {"", "x", "[]", "{}", "null", "{\"kind\": 1}", "{\"kind\": \"join\", \"nodes\": [1]}",
          "{\"kind\": \"join\", \"nodes\": \"h1\"}", "\xff\xfe"}) {
        INFO(text);
        CHECK_THROWS_AS(parse_request(text), std::runtime_error);
        CHECK_THROWS_AS(parse_reply(text), std::runtime_error);
    }
    CHECK_THROWS_AS(parse_request(std::string(100000, '[')), std::runtime_error);
}

} // namespace netlab::test
