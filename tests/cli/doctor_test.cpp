#include "support/catch.h"
#include "support/lab_under_test.h"

#include <set>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

json finding(const json& found, const std::string& what) {
    for (const auto& one : found.at("findings")) {
        if (one.at("what") == what) {
            return one;
        }
    }
    FAIL("no finding about " + what);
    return {};
}

} // namespace

TEST_CASE("doctor finds that labs can run here, and leaves nothing") {
    const Workshop workshop;
    const auto ended = workshop.netlab({"doctor", "--json"});
    INFO(ended.out << ended.err);
    REQUIRE(ended.code == 0);
    const auto found = json::parse(ended.out);
    CHECK(found["able"] == true);
    for (const std::string what :
         {"user namespaces", "network namespaces", "mounts", "/proc", "nodes", "veth and bridge"}) {
        CHECK(finding(found, what)["state"] == "good");
    }
    for (const auto& one : found["findings"]) {
        const auto state = one["state"].get<std::string>();
        CHECK(std::set<std::string>{"good", "limited"}.contains(state));
        CHECK(one["cure"].get<std::string>().empty() == (state == "good"));
        CHECK_FALSE(one["found"].get<std::string>().empty());
    }
    CHECK(workshop.left_of(Workshop::lab_name()) == "");
}

TEST_CASE("doctor says for people what a host can do, and how it could do more") {
    const Workshop workshop;
    const auto ended = workshop.netlab({"doctor"});
    CHECK(ended.code == 0);
    CHECK(ended.out.starts_with("WHAT "));
    CHECK(ended.out.find("\nlabs can run here\n") != std::string::npos);
}

TEST_CASE("where namespaces are forbidden doctor ends with 1 and names the switch, as up does") {
    const Workshop workshop;
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    const auto ended = run({"unshare", "-Ur", "sh", "-c",
                            "echo 0 >/proc/sys/user/max_user_namespaces && exec $NETLAB doctor"},
                           setting);
    INFO(ended.out << ended.err);
    CHECK(ended.code == 1);
    CHECK(ended.out.find("sysctl -w user.max_user_namespaces") != std::string::npos);
    CHECK(ended.out.find("labs cannot run here") != std::string::npos);
}

TEST_CASE("doctor says how many nodes the lowest limit is enough for") {
    const Workshop workshop;
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    const auto ended =
        run({"unshare", "-Ur", "sh", "-c",
             "echo 77 >/proc/sys/user/max_net_namespaces && exec $NETLAB doctor --json"},
            setting);
    INFO(ended.out << ended.err);
    const auto found = finding(json::parse(ended.out), "limit of namespaces");
    CHECK(found["state"] == "limited");
    CHECK(found["found"] == "enough for 77 nodes (user.max_net_namespaces)");
    CHECK(found["cure"] == "as root: sysctl -w user.max_net_namespaces=N");
}

} // namespace netlab::test
