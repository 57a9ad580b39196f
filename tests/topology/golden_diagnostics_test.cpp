#include "support/catch.h"
#include "support/golden.h"
#include "topology/load_topology.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

namespace {

/// What a person sees of the mistakes in tests/golden/diagnostics/load/`file`.
std::string mistakes_of(const std::string& file) {
    const auto directory =
        std::filesystem::path{test::source_path("tests/golden/diagnostics/load")};
    const Source source{file, test::source_text("tests/golden/diagnostics/load/" + file)};
    Diagnostics diagnostics;
    load_topology(source, directory, diagnostics);
    auto text = render(diagnostics, source);
    // The checkout may be anywhere.
    const std::pair<std::string, std::string> roots[] = {{directory.string() + "/", ""},
                                                         {directory.string(), "."}};
    for (const auto& [root, shown] : roots) {
        for (auto at = text.find(root); at != std::string::npos; at = text.find(root)) {
            text.replace(at, root.size(), shown);
        }
    }
    return text;
}

std::vector<std::string> inputs() {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator{test::source_path("tests/golden/diagnostics/load")}) {
        const auto extension = entry.path().extension();
        if (extension == ".json" || extension == ".yaml") {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TEST_CASE("each kind of mistake in a file is shown as its golden text says") {
    const auto names = inputs();
    REQUIRE(names.size() >= 55);
    for (const auto& name : names) {
        const auto text = mistakes_of(name);
        CHECK_FALSE(text.empty());
        const auto golden = "diagnostics/load/" + name.substr(0, name.rfind('.')) + ".expected";
        CHECK(test::golden_difference(golden, text) == "");
    }
}

} // namespace netlab
