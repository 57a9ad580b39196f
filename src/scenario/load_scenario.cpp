#include "scenario/load_scenario.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "document/parse_document.h"
#include "scenario/reading.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr auto scenario_form = R"({ "topology": "lab.json", "steps": [ { "wait": "1s" } ] })";

std::filesystem::path read_topology_path(const Value& value, Input& input) {
    const auto* text = want_string(value, "'topology'", input);
    if (text == nullptr) {
        return {};
    }
    if (text->empty() || text->find('\0') != std::string::npos) {
        input.diagnostics.error(value.span, "'topology' names no file");
        return {};
    }
    return (input.directory / *text).lexically_normal();
}

void read_on_failure(const Value& value, Scenario& scenario, Input& input) {
    const auto* text = want_string(value, "'on_failure'", input);
    if (text == nullptr) {
        return;
    }
    if (*text != "stop" && *text != "continue") {
        const auto hint = did_you_mean(*text, {"stop", "continue"});
        input.diagnostics.error(value.span, fmt::format("unknown 'on_failure' {}", quoted(*text)),
                                hint.empty() ? "stop or continue" : hint);
    }
    scenario.stop_on_failure = *text != "continue";
}

std::optional<std::uint64_t> read_seed(const Value& value, Input& input) {
    constexpr auto most = std::int64_t{1} << 53; // what every reader of JSON takes unchanged
    const auto seed = want_integer(value, "'seed'", 0, most, input);
    return seed ? std::optional{static_cast<std::uint64_t>(*seed)} : std::nullopt;
}

Scenario read_scenario(const Value& root, const Map& map, const ParameterTexts& given,
                       Reading& reading) {
    auto& input = reading.input;
    Scenario scenario;
    scenario.name = std::filesystem::path{input.source.name()}.stem().string();
    Keys keys{map, "the scenario", reading};
    const Span begin{root.span.begin, root.span.begin + 1};
    if (const auto* name = keys.take("name")) {
        scenario.name = read_name(name->value, "'name'", reading);
    }
    if (const auto* description = keys.take("description")) {
        const auto* text = want_string(description->value, "'description'", input);
        scenario.description = text == nullptr ? "" : *text;
    }
    if (const auto* topology = keys.need("topology", begin, scenario_form)) {
        scenario.topology_span = topology->value.span;
        scenario.topology = read_topology_path(topology->value, input);
    }
    if (const auto* seed = keys.take("seed")) {
        scenario.seed = read_seed(seed->value, input);
    }
    if (const auto* on_failure = keys.take("on_failure")) {
        read_on_failure(on_failure->value, scenario, input);
    }
    const Parameters parameters{keys.take("parameters"), given, reading};
    if (const auto* steps = keys.need("steps", begin, scenario_form)) {
        const auto* list = want_list(steps->value, "'steps'", input);
        scenario.steps = list == nullptr ? List{} : *list;
        for (auto& step : scenario.steps) {
            parameters.replace_in(step, reading);
        }
        if (list != nullptr && list->empty()) {
            input.diagnostics.error(steps->value.span, "the scenario has no steps", scenario_form);
        }
    }
    keys.refuse_rest();
    return scenario;
}

} // namespace

bool is_record(std::string_view file_name) {
    return file_name.ends_with(".jsonl");
}

Scenario load_scenario(const Source& source, const std::filesystem::path& directory,
                       Diagnostics& diagnostics, const ParameterTexts& parameters) {
    if (is_record(source.name())) {
        return load_record(source, directory, diagnostics);
    }
    const auto document = parse_document(source, syntax_of(source.name()), diagnostics);
    Input input{source, directory, diagnostics};
    const Topology none;
    const LabNames names{none};
    Reading reading{input, names};
    const auto* map =
        document.root ? want_map(*document.root, "a scenario", input, scenario_form) : nullptr;
    return map == nullptr ? Scenario{} : read_scenario(*document.root, *map, parameters, reading);
}

} // namespace netlab
