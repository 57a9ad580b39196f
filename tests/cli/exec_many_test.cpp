#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

constexpr const char* labelled = R"({ "nodes": {
    "h[1-3]": { "labels": ["edge"] }, "r": { "kind": "router", "labels": ["core", "edge"] } },
    "links": [["h[1-3]", "r"]] })";

/// Lines in order: nodes answer as they come.
std::string sorted(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    std::ranges::sort(lines);
    std::string result;
    for (const auto& line : lines) {
        result += line + "\n";
    }
    return result;
}

} // namespace

TEST_CASE("exec runs in a range, a label or all nodes, each line behind its node's name") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, labelled};
    CHECK(sorted(lab.exec("h[1-2]", {"hostname"}).out) == "h1 | h1\nh2 | h2\n");
    CHECK(sorted(lab.exec("@edge", {"hostname"}).out) == "h1 | h1\nh2 | h2\nh3 | h3\nr  | r\n");
    CHECK(sorted(lab.exec("@core", {"hostname"}).out) == "r | r\n");
    CHECK(sorted(lab.exec("all", {"sh", "-c", "printf 'a\nb'"}).out) ==
          "h1 | a\nh1 | b\nh2 | a\nh2 | b\nh3 | a\nh3 | b\nr  | a\nr  | b\n");
    CHECK(sorted(lab.exec("h[1-2]", {"sh", "-c", "hostname >&2"}).err) == "h1 | h1\nh2 | h2\n");
}

TEST_CASE("with many nodes the exit code is the highest, and stdin is empty") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, labelled};
    CHECK(lab.exec("all", {"sh", "-c", "test $(hostname) != h2 || exit 9"}).code == 9);
    CHECK(lab.exec("all", {"cat"}).code == 0);
    const auto missing = lab.exec("h[1-2]", {"no-such-program"});
    CHECK(missing.code == 127);
    CHECK(missing.err.find("h1") != std::string::npos);
    CHECK(missing.err.find("h2") != std::string::npos);
}

TEST_CASE("many nodes run at the same time") {
    const Workshop workshop;
    const auto met = workshop.path() / "met";
    std::filesystem::create_directory(met);
    std::filesystem::permissions(met, std::filesystem::perms{0777});
    const LabUnderTest lab{workshop, fmt::format(R"({{ "nodes": {{
        "n[1-4]": {{ "binds": ["{0}:/met"] }} }} }})",
                                                 met.string())};
    // Each waits for all four: one after the other they would wait for ever.
    CHECK(lab.exec("all", {"timeout", "60", "sh", "-c",
                           "touch /met/$(hostname); "
                           "until [ $(ls /met | wc -l) = 4 ]; do sleep 0.1; done"})
              .code == 0);
}

TEST_CASE("exec --json has node, exit_code, error, stdout and stderr of each node") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, labelled};
    const auto ended = workshop.netlab({"exec", "-l", lab.name(), "--json", "h[1-2]", "--", "sh",
                                        "-c", "hostname; echo e >&2; test $(hostname) = h1"});
    CHECK(ended.code == 1);
    const auto value = nlohmann::json::parse(ended.out);
    REQUIRE(value.size() == 2);
    CHECK(value[0] == nlohmann::json{{"node", "h1"},
                                     {"exit_code", 0},
                                     {"error", ""},
                                     {"stdout", "h1\n"},
                                     {"stderr", "e\n"},
                                     {"stdout_cut", false},
                                     {"stderr_cut", false}});
    CHECK(value[1]["exit_code"] == 1);
    const auto one = workshop.netlab({"exec", "-l", lab.name(), "--json", "h1", "no-such-program"});
    CHECK(one.code == 127);
    CHECK(nlohmann::json::parse(one.out)[0]["error"].get<std::string>().find("no-such-program") !=
          std::string::npos);
}

TEST_CASE("bytes that are no text do not break the JSON of exec") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, labelled};
    const auto ended = workshop.netlab({"exec", "-l", lab.name(), "--json", "h1", "--", "sh", "-c",
                                        "printf '\\377\\000\\033[31m'"});
    CHECK(nlohmann::json::parse(ended.out)[0]["stdout"].get<std::string>().size() >= 7);
}

} // namespace netlab::test
