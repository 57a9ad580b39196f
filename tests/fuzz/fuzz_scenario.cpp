#include "scenario/load_scenario.h"
#include "scenario/step_source.h"
#include "topology/load_topology.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace netlab;

constexpr int deepest_drawn = 3;
constexpr std::size_t most_drawn = 300;

const Topology& lab() {
    static const Topology topology = [] {
        Diagnostics none;
        return load_topology(Source{"lab.json", R"({
            "nodes": { "n[1-5]": { "labels": ["member"], "run": [{ "name": "web", "command": "x" }] },
                       "r1": { "kind": "router" }, "sw": { "kind": "switch" } },
            "links": [["n[1-5]", "sw"], { "name": "wan", "endpoints": ["r1", "sw"] }] })"},
                             "/nonexistent", none);
    }();
    return topology;
}

/// What a run does with the steps before it carries them out.
void draw(const StepSource& source, const List& steps, const Choices& choices, int depth) {
    if (depth > deepest_drawn || steps.size() > most_drawn) {
        return;
    }
    try {
        for (const auto& step : source.draw(steps, choices)) {
            if (const auto* repeat = std::get_if<RepeatAction>(&step.action)) {
                draw(source, repeat->steps, choices.of(1), depth + 1);
            }
        }
    } catch (const InputError&) {
        return; // a choice that leads to a mistake, which the run would say
    }
}

} // namespace

/// libfyaml 0.7.12 loses the chunks of a quoted scalar with many escapes. Ours to know, not ours to
/// mend.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:fy_atom_iter_grow_chunk";
}

/// The text itself chooses what it is: a record, JSON or YAML, so that files are inputs as they
/// are. Whatever it is: no crash, no hang, and an error or steps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(bytes), size};
    const std::string_view begin = text;
    const std::string name = begin.starts_with(R"({"event")") ? "events.jsonl"
                             : begin.starts_with('{')         ? "scenario.json"
                                                              : "scenario.yaml";
    const Source source{name, text};
    Diagnostics diagnostics;
    try {
        const auto scenario = load_scenario(source, "/nonexistent", diagnostics);
        const StepSource steps{scenario, source, lab(), diagnostics};
        if (!diagnostics.has_errors()) {
            draw(steps, scenario.steps, Choices{scenario.seed.value_or(1)}, 0);
        }
    } catch (const InputError&) {
        return 0;
    }
    render(diagnostics, source, true);
    return 0;
}
