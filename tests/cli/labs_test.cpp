#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr const char* pair = R"({ "description": "a pair", "nodes": { "h[1-2]": {} },
    "links": [["h1", "h2"]] })";

/// To compare with, so that a failure shows what there is instead.
const std::string nothing;

/// Labs in folders of their own, all down again at the end.
class TwoLabs {
public:
    explicit TwoLabs(const Workshop& workshop) : workshop_(workshop) {
        for (const auto& name : names) {
            workshop.write(name + "/topo.json", pair);
            REQUIRE(
                workshop.netlab({"up", "-l", name, workshop.path() / name / "topo.json"}).code ==
                0);
        }
    }
    Ended in(const std::string& folder, const std::vector<std::string>& words) const {
        auto setting = workshop_.setting();
        setting.directory = workshop_.path() / folder;
        return workshop_.netlab(words, setting);
    }

    const std::vector<std::string> names = two_names(); ///< in the order of `ls`

private:
    static std::vector<std::string> two_names() {
        std::vector<std::string> names{Workshop::lab_name(), Workshop::lab_name()};
        std::ranges::sort(names);
        return names;
    }

    const Workshop& workshop_;
};

std::set<std::string> keys(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) {
        names.insert(name);
    }
    return names;
}
using Keys = std::set<std::string>;

} // namespace

TEST_CASE("with several labs the one that was started from the working directory is meant") {
    const Workshop workshop;
    const TwoLabs labs{workshop};
    labs.in(labs.names[0], {"exec", "h1", "--", "hostname", "first"});
    CHECK(labs.in(labs.names[0], {"exec", "h1", "hostname"}).out == "first\n");
    CHECK(labs.in(labs.names[1], {"exec", "h1", "hostname"}).out == "h1\n");
    const auto elsewhere = labs.in(".", {"exec", "h1", "hostname"});
    CHECK(elsewhere.code == 2);
    CHECK(elsewhere.err.find("which lab? running: " + labs.names[0] + ", " + labs.names[1]) !=
          std::string::npos);
    CHECK(labs.in(".", {"exec", "-l", labs.names[0], "h1", "hostname"}).out == "first\n");
    CHECK(labs.in(labs.names[1], {"down"}).out == "lab " + labs.names[1] + " is down\n");
    CHECK(labs.in(".", {"exec", "h1", "hostname"}).out == "first\n"); // the only one left
}

TEST_CASE("the lab of the working directory is meant through a symbolic link, too") {
    const Workshop workshop;
    const TwoLabs labs{workshop};
    std::filesystem::create_directory_symlink(workshop.path() / labs.names[0],
                                              workshop.path() / "link");
    CHECK(labs.in("link", {"down"}).out == "lab " + labs.names[0] + " is down\n");
    const auto file = (workshop.path() / "link" / "topo.json").string();
    CHECK(workshop.netlab({"up", "-l", labs.names[0], file}).code == 0);
    CHECK(labs.in(labs.names[0], {"down"}).out == "lab " + labs.names[0] + " is down\n");
}

TEST_CASE("ls tells of a lab that is starting what it will be, and that it is not up yet") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("slow.json", R"({ "description": "slow", "nodes": {
        "h[1-2]": { "exec": ["sleep 1000"] } }, "links": [["h1", "h2"]] })");
    const Program up{Workshop::words({"up", "-l", name, file}), workshop.setting()};
    REQUIRE(eventually([&] { return processes_of(name).size() > 2; }));
    const auto labs = json::parse(workshop.netlab({"ls", "--json"}).out);
    CHECK(labs == json::array({{{"name", name},
                                {"description", "slow"},
                                {"file", file},
                                {"started", 0},
                                {"nodes", 2},
                                {"links", 1},
                                {"services", 0}}}));
    CHECK(workshop.netlab({"ls"}).out.find("starting") != std::string::npos);
}

TEST_CASE("commands say of a lab that is starting that it is, and down gives it up") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write(
        "slow.json", R"({ "nodes": { "h": { "exec": ["sleep 1000"], "run": ["sleep 1000"] } } })");
    Program up{Workshop::words({"up", "-l", name, file}), workshop.setting()};
    REQUIRE(eventually([&] { return processes_of(name).size() > 2; }));
    const std::vector<std::vector<std::string>> commands{
        {"inspect"}, {"ps"}, {"logs", "h"}, {"link", "ls"}, {"exec", "h", "true"}};
    for (const auto& command : commands) {
        const auto ended = workshop.netlab(command);
        INFO(command.front());
        CHECK(ended.code == 1);
        CHECK(ended.err.find("lab " + name + " is still starting") != std::string::npos);
    }
    CHECK(workshop.netlab({"down", name}).code == 0);
    const auto ended = up.finish();
    CHECK(ended.code == 1);
    CHECK(ended.err.find("lab " + name + " was taken down while it started\n") !=
          std::string::npos);
    CHECK(workshop.left_of(name) == nothing);
}

TEST_CASE("down ends a lab whose supervisor stands still") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("still.json", R"({ "nodes": { "h[1-3]": {} } })");
    REQUIRE(workshop.netlab({"up", "-l", name, file}).code == 0);
    for (const auto& process : processes_of(name)) {
        ::kill(process.pid, SIGSTOP);
    }
    CHECK(workshop.netlab({"down", name}).code == 0);
    CHECK(workshop.left_of(name) == nothing);
}

TEST_CASE("down --all ends all labs") {
    const Workshop workshop;
    const TwoLabs labs{workshop};
    const auto down = workshop.netlab({"down", "--all"});
    CHECK(down.code == 0);
    CHECK(down.out == "lab " + labs.names[0] + " is down\nlab " + labs.names[1] + " is down\n");
    for (const auto& name : labs.names) {
        CHECK(workshop.left_of(name) == nothing);
    }
    CHECK(workshop.netlab({"down", "--all"}).out == "no lab is running\n");
}

TEST_CASE("ls shows the labs that run, with their nodes, links, files and descriptions") {
    const Workshop workshop;
    const TwoLabs labs{workshop};
    const auto table = workshop.netlab({"ls"}).out;
    CHECK(table.find("a pair") != std::string::npos);
    CHECK(table.find(labs.names[0]) != std::string::npos);
    CHECK(table.find("topo.json") != std::string::npos);
    CHECK(workshop.netlab({"ls", "--names"}).out == labs.names[0] + "\n" + labs.names[1] + "\n");
    CHECK(workshop.netlab({"ls", "--nodes", "-l", labs.names[0]}).out == "h1\nh2\n");
    const auto value = json::parse(workshop.netlab({"ls", "--json"}).out);
    REQUIRE(value.size() == 2);
    CHECK(keys(value[0]) ==
          Keys{"name", "description", "file", "started", "nodes", "links", "services"});
    CHECK(value[0]["name"] == labs.names[0]);
    CHECK(value[0]["nodes"] == 2);
    CHECK(value[0]["file"] == (workshop.path() / labs.names[0] / "topo.json").string());
}

TEST_CASE("a lab is called as the file says, else as the file is called, else as -l says") {
    const Workshop workshop;
    const auto own = Workshop::lab_name();
    const auto stem = Workshop::lab_name();
    const auto given = Workshop::lab_name();
    const auto named =
        workshop.write("x.json", "{ \"name\": \"" + own + "\", \"nodes\": { \"a\": {} } }");
    const auto nameless = workshop.write(stem + ".yaml", "nodes: { a: {} }\n");
    CHECK(workshop.netlab({"up", named}).code == 0);
    CHECK(workshop.netlab({"up", nameless}).code == 0);
    CHECK(workshop.netlab({"up", "-l", given, nameless}).code == 0);
    const auto names = workshop.netlab({"ls", "--names"}).out;
    for (const auto& name : {own, stem, given}) {
        CHECK(names.find(name + "\n") != std::string::npos);
    }
}

TEST_CASE("up --json, up --dry-run --json and check --json have the documented keys") {
    const Workshop workshop;
    const auto file = workshop.write("a.json", pair);
    const auto name = Workshop::lab_name();
    const auto up = json::parse(workshop.netlab({"up", "--json", "-l", name, file}).out);
    CHECK(keys(up) == Keys{"lab", "seconds", "warnings", "plan"});
    CHECK(up["lab"]["name"] == name);
    CHECK(up["plan"]["nodes"].size() == 2);
    CHECK(workshop.netlab({"down", name}).code == 0);

    const auto plan =
        json::parse(workshop.netlab({"up", "--dry-run", "--json", "-l", name, file}).out);
    CHECK(plan == up["plan"]);
    CHECK(workshop.left_of(name) == nothing);

    const auto bad = workshop.write("b.json", "{ \"nodes\": 1 }");
    const auto check = workshop.netlab({"check", "--json", file, bad});
    CHECK(check.code == 2);
    const auto files = json::parse(check.out);
    REQUIRE(files.size() == 2);
    CHECK(keys(files[0]) == Keys{"file", "good", "errors", "diagnostics"});
    CHECK(files[0]["good"] == true);
    CHECK(files[1]["good"] == false);
    CHECK(keys(files[1]["diagnostics"][0]) ==
          Keys{"severity", "message", "hint", "line", "column", "end_line", "end_column", "notes"});
}

TEST_CASE("up --dry-run shows the whole plan and creates nothing") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto plan =
        workshop.netlab({"up", "--dry-run", "-l", name, workshop.write("a.json", pair)});
    CHECK(plan.code == 0);
    CHECK(plan.out.find("10.0.1.1/24") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(workshop.state()));
    CHECK(workshop.left_of(name) == nothing);
}

TEST_CASE("up tells a table of nodes, kinds, interfaces and addresses") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.up().out.starts_with("NODE KIND INTERFACE ADDRESSES\n"
                                   "h1   host eth0      10.0.1.1/24 fd00:6e6c:0:1::1/64\n"
                                   "h2   host eth0      10.0.1.2/24 fd00:6e6c:0:1::2/64\n"
                                   "lab " +
                                   lab.name() + " is up: 2 nodes, 1 link, in "));
}

} // namespace netlab::test
