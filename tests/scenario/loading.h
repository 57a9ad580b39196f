#pragma once

#include "scenario/load_scenario.h"
#include "scenario/step_source.h"
#include "support/catch.h"
#include "topology/load_topology.h"

#include <string>
#include <vector>

namespace netlab::test {

/// A scenario on five nodes and a switch, and its steps as they are drawn with a seed.
class Drawn {
public:
    explicit Drawn(const std::string& steps, const std::string& name = "scenario.yaml",
                   const ParameterTexts& parameters = {})
        : source{name, steps}, topology{load_topology(Source{"lab.json", R"({
              "nodes": { "n[1-5]": { "labels": ["member"] }, "sw": { "kind": "switch" } },
              "links": [["n[1-5]", "sw"]] })"},
                                                      "/", diagnostics)},
          scenario{load_scenario(source, "/labs", diagnostics, parameters)}, checked{scenario,
                                                                                     source,
                                                                                     topology,
                                                                                     diagnostics} {
        INFO(render(diagnostics, source));
        CHECK_FALSE(diagnostics.has_errors());
    }

    std::vector<Step> steps(std::uint64_t seed = 0) const {
        return checked.draw(scenario.steps, Choices{seed});
    }
    /// The steps as JSON, a line each.
    std::string written(std::uint64_t seed = 0) const {
        std::string lines;
        for (const auto& step : steps(seed)) {
            lines += step.written + "\n";
        }
        return lines;
    }

    Diagnostics diagnostics;
    Source source;
    Topology topology;
    Scenario scenario;
    StepSource checked;
};

} // namespace netlab::test
