#include "node/plain_spec.h"
#include "support/catch.h"

namespace netlab::test {

namespace {

NodeSpec everything_plain() {
    NodeSpec spec;
    spec.name = "h1";
    spec.root.hostname = "host-1";
    spec.root.private_directories = {"/srv/data", "/var/lib/x"};
    spec.root.files = {{"/etc/motd", "moin\n"}, {"/etc/blob", std::string{"\xff\0\n", 3}}};
    spec.root.runs_early = true;
    spec.defaults = {{"net.ipv4.ip_forward", "1"}};
    spec.sysctls = {{"net.ipv4.ip_default_ttl", "33"}, {"net.ipv6.conf.all.forwarding", "1"}};
    spec.commands = {{"sh", "-c", "echo 'a  b'"}, {"true"}};
    spec.env = {{"COLOUR", "grün"}, {"EMPTY", ""}};
    spec.user = "nobody";
    spec.workdir = "/srv/data";
    spec.clock.monotonic = std::chrono::minutes{10};
    spec.clock.boot = -std::chrono::hours{1};
    spec.open_files = 1024;
    return spec;
}

} // namespace

TEST_CASE("the record of a node has all that it is made from") {
    const auto spec = everything_plain();
    const auto read = parse_record(to_record(spec));
    CHECK(read.name == spec.name);
    CHECK(read.root.hostname == spec.root.hostname);
    CHECK(read.root.private_directories == spec.root.private_directories);
    REQUIRE(read.root.files.size() == 2);
    CHECK(read.root.files[1].path == "/etc/blob");
    CHECK(read.root.files[1].text == spec.root.files[1].text);
    CHECK(read.root.runs_early);
    CHECK(read.defaults == spec.defaults);
    CHECK(read.sysctls == spec.sysctls);
    CHECK(read.commands == spec.commands);
    CHECK(read.env == spec.env);
    CHECK(read.user == spec.user);
    CHECK(read.workdir == spec.workdir);
    CHECK(read.clock == spec.clock);
    CHECK(read.open_files == spec.open_files);
    CHECK(to_record(read) == to_record(spec));
}

TEST_CASE("a node that needs a file, a mount or a service of the supervisor's is not plain") {
    CHECK(is_plain(everything_plain()));
    const auto with = [](auto change) {
        auto spec = everything_plain();
        change(spec);
        return is_plain(spec);
    };
    CHECK_FALSE(with([](NodeSpec& spec) { spec.root.tree = 3; }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.root.kept = 3; }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.root.binds.emplace_back(); }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.services.emplace_back(); }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.wall_clock.emplace(); }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.cgroup = 3; }));
    CHECK_FALSE(with([](NodeSpec& spec) { spec.own_reports = true; }));
}

} // namespace netlab::test
