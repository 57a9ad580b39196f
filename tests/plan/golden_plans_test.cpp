#include "plan/make_plan.h"
#include "plan/planned.h"
#include "support/catch.h"
#include "support/golden.h"
#include "topology/load_topology.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace netlab;
using namespace netlab::test;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const std::string& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{source_path(folder)}) {
        const auto extension = entry.path().extension();
        if (extension == ".json" || extension == ".yaml" || extension == ".yml") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// A file with mistakes, loaded under its bare name.
struct Mistaken {
    Mistaken(const std::string& folder, const fs::path& file)
        : source{file.filename().string(),
                 source_text("tests/golden/" + folder + file.filename().string())},
          topology{load_topology(source, file.parent_path(), diagnostics)},
          golden{folder + file.stem().string() + ".expected"} {}

    std::string text() const { return render(diagnostics, source); }

    Source source;
    Diagnostics diagnostics;
    Topology topology;
    std::string golden;
};

} // namespace

TEST_CASE("each lab of topologies/ is planned as its golden text says, without a mistake") {
    const auto files = files_in("topologies");
    REQUIRE(files.size() >= 8);
    for (const auto& file : files) {
        Diagnostics diagnostics;
        const auto source = read_source(file);
        const auto topology = load_topology(source, file.parent_path(), diagnostics);
        const auto plan = make_plan(topology, diagnostics);
        CHECK(render(diagnostics, source) == "");
        CHECK(golden_difference("plans/" + file.stem().string() + ".txt", text_of(plan)) == "");
    }
}

TEST_CASE("each kind of mistake that planning finds is shown as its golden text says") {
    const std::string folder = "diagnostics/plan/";
    const auto files = files_in("tests/golden/" + folder);
    REQUIRE(files.size() >= 18);
    for (const auto& path : files) {
        Mistaken file{folder, path};
        CAPTURE(file.source.name());
        CHECK(file.text() == "");
        make_plan(file.topology, file.diagnostics);
        CHECK_FALSE(file.text().empty());
        CHECK(golden_difference(file.golden, file.text()) == "");
    }
}

TEST_CASE("what planning finds is shown beside the mistakes of the file, unless it may follow from "
          "them") {
    const std::string folder = "diagnostics/both/";
    const auto files = files_in("tests/golden/" + folder);
    REQUIRE(files.size() >= 9);
    for (const auto& path : files) {
        Mistaken file{folder, path};
        CAPTURE(file.source.name());
        CHECK(file.diagnostics.has_errors());
        if (!file.topology.uncertain) {
            make_plan(file.topology, file.diagnostics);
        }
        CHECK(golden_difference(file.golden, file.text()) == "");
    }
}
