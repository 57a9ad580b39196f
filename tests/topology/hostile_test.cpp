#include "topology/loading.h"

#include <algorithm>
#include <random>
#include <string>

namespace netlab {

namespace {

/// Loads and renders: what a person's terminal would get.
std::string shown(const std::string& text, const std::string& name) {
    const Source source{name, text};
    Diagnostics diagnostics;
    load_topology(source, "/nonexistent", diagnostics);
    return render(diagnostics, source);
}

bool is_safe_to_print(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\n'; });
}

const std::string campus =
    R"({ "name": "x", "addressing": { "ipv4": "10.0.0.0/16" }, "groups": { "c": { "env": { "A": "b" } } },
  "defaults": { "link": { "mtu": 1500 } }, "nodes": { "r[1-2]": { "kind": "router" }, "h[1-3]": { "group": "c", "files": { "/a": "b" } } },
  "links": [ ["h[1-3]", "r1"], { "endpoints": ["r1:wan", { "node": "r2", "ipv4": "10.0.9.1/24" }], "cost": 2 } ] })";

} // namespace

TEST_CASE("a file cut off anywhere is an error, not a crash") {
    for (std::size_t length = 0; length < campus.size(); ++length) {
        CHECK_FALSE(shown(campus.substr(0, length), "lab.json").empty());
    }
    for (std::size_t length = 0; length < campus.size(); length += 7) {
        shown(campus.substr(0, length), "lab.yaml");
    }
}

TEST_CASE("no byte of a file reaches the terminal as it is") {
    std::mt19937 random{1}; // NOLINT: the same every time
    for (int round = 0; round < 300; ++round) {
        auto text = campus;
        for (int i = 0; i < 4; ++i) {
            text[random() % text.size()] = static_cast<char>(random() % 256);
        }
        CHECK(is_safe_to_print(shown(text, "lab.json")));
        CHECK(is_safe_to_print(shown(text, "lab.yaml")));
    }
}

TEST_CASE("noise is refused") {
    std::mt19937 random{2}; // NOLINT: the same every time
    for (int round = 0; round < 50; ++round) {
        std::string text(1000, '\0');
        for (auto& c : text) {
            c = static_cast<char>(random() % 255 + 1);
        }
        CHECK_FALSE(shown(text, "lab.json").empty());
        CHECK_FALSE(shown(text, "lab.yaml").empty());
    }
}

TEST_CASE("a million mistakes take no more memory than a thousand") {
    std::string text = R"({ "nodes": { "h1": {} }, "links": [)";
    for (int i = 0; i < 100'000; ++i) {
        text += "[\"h1\",\"h2\"],";
    }
    text.back() = ']';
    const auto errors = shown(text + "}", "lab.json");
    CHECK(errors.find("and 99000 more") != std::string::npos);
}

TEST_CASE("of a hundred thousand unknown keys a thousand are shown and all are counted") {
    std::string text = R"({ "nodes": { "h1": {} })";
    for (int i = 0; i < 100'000; ++i) {
        text += ",\"unknown" + std::to_string(i) + "\":1";
    }
    const auto errors = shown(text + "}", "lab.json");
    CHECK(errors.find("unknown key 'unknown999'") != std::string::npos);
    CHECK(errors.find("unknown key 'unknown1000'") == std::string::npos);
    CHECK(errors.find("and 99000 more") != std::string::npos);
}

} // namespace netlab
