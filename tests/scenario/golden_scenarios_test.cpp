#include "scenario/load_scenario.h"
#include "scenario/step_source.h"
#include "support/catch.h"
#include "support/golden.h"
#include "topology/load_topology.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace netlab {

namespace {

/// What a person sees of the mistakes in tests/golden/scenarios/`file`.
std::string mistakes_of(const std::string& file) {
    Diagnostics ignored;
    const auto topology = load_topology(
        Source{"lab.json", test::source_text("tests/golden/scenarios/lab.topology")}, "/", ignored);
    const Source source{file, test::source_text("tests/golden/scenarios/" + file)};
    Diagnostics diagnostics;
    const auto scenario = load_scenario(source, "/labs", diagnostics);
    const StepSource steps{scenario, source, topology, diagnostics};
    return render(diagnostics, source);
}

std::vector<std::string> inputs() {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator{test::source_path("tests/golden/scenarios")}) {
        const auto extension = entry.path().extension();
        if (extension == ".json" || extension == ".yaml" || extension == ".jsonl") {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TEST_CASE("each kind of mistake in a scenario is shown as its golden text says") {
    const auto names = inputs();
    REQUIRE(names.size() >= 25);
    for (const auto& name : names) {
        INFO(name);
        const auto text = mistakes_of(name);
        CHECK_FALSE(text.empty());
        const auto golden = "scenarios/" + name.substr(0, name.rfind('.')) + ".expected";
        CHECK(test::golden_difference(golden, text) == "");
    }
}

} // namespace netlab
