#pragma once

#include "support/catch.h"
#include "support/lab_under_test.h"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace netlab::test {

/// Hosts h1 to h3 at a switch, and a scenario on them.
class Bench {
public:
    explicit Bench(const std::string& steps, const std::string& head = "") {
        write_lab(R"({ "nodes": { "h[1-3]": {}, "sw": { "kind": "switch" } },
                       "links": [["h[1-3]", "sw"]] })");
        workshop.write("test.yaml", "topology: " + lab + ".json\n" + head + "steps:\n" + steps);
    }

    void write_lab(const std::string& text) const { workshop.write(lab + ".json", text); }

    Ended test(std::vector<std::string> words = {}, const std::string& file = "test.yaml") const {
        words.insert(words.begin(), {"test", file, "--output", "out"});
        auto ended = workshop.netlab(words);
        CHECK(workshop.left_of(lab).empty());
        return ended;
    }
    /// The events of a run that are of that kind.
    std::vector<nlohmann::json> events(const std::string& kind,
                                       const std::string& folder = "out") const {
        std::vector<nlohmann::json> found;
        std::istringstream lines{content_of(workshop.path() / folder / "events.jsonl")};
        for (std::string line; std::getline(lines, line);) {
            auto event = nlohmann::json::parse(line);
            if (event.at("event") == kind) {
                found.push_back(std::move(event));
            }
        }
        return found;
    }
    /// The titles of steps in the order in which they began.
    std::vector<std::string> begun(const std::string& folder = "out") const {
        std::vector<std::string> titles;
        for (const auto& event : events("step", folder)) {
            titles.push_back(event.at("title"));
        }
        return titles;
    }
    std::string content(const std::string& file) const {
        return content_of(workshop.path() / "out" / file);
    }

    Workshop workshop;
    std::string lab = Workshop::lab_name();
};

/// Whether `part` is in `text`.
inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace netlab::test
