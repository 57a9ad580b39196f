#include "base/quote.h"
#include "document/parse_document.h"
#include "scenario/load_scenario.h"
#include "topology/fields.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t most_lines = 1'000'000;

Span shifted(Span span, std::uint32_t by) {
    return {span.begin + by, span.end + by};
}

/// Spans of a line become spans of the file.
void shift(Value& value, std::uint32_t by) {
    value.span = shifted(value.span, by);
    if (auto* map = std::get_if<Map>(&value.content)) {
        for (auto& member : map->members) {
            member.key_span = shifted(member.key_span, by);
            shift(member.value, by);
        }
    } else if (auto* list = std::get_if<List>(&value.content)) {
        for (auto& item : *list) {
            shift(item, by);
        }
    }
}

/// The events of a file, one a line.
std::vector<Value> read_events(const Source& source, Diagnostics& diagnostics) {
    std::vector<Value> events;
    const auto text = source.text();
    std::size_t begin = 0;
    for (std::size_t lines = 0; begin < text.size() && lines < most_lines; ++lines) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const Source line{source.name(), std::string{text.substr(begin, end - begin)}};
        Diagnostics own;
        auto document = parse_document(line, Syntax::json, own);
        const auto offset = static_cast<std::uint32_t>(begin);
        for (const auto& mistake : own.all()) {
            diagnostics.error(shifted(mistake.span, offset), mistake.message, mistake.hint);
        }
        if (document.root && !own.has_errors()) {
            shift(*document.root, offset);
            events.push_back(std::move(*document.root));
        }
        begin = end + 1;
    }
    return events;
}

const std::string* text_at(const Map& map, std::string_view key) {
    const auto* member = map.find(key);
    return member == nullptr ? nullptr : member->value.as_string();
}

/// The step with the time at which it began instead of its own.
Value timed(const Value& step, const Map& event) {
    Value made{step.span, step.content};
    auto* map = std::get_if<Map>(&made.content);
    const auto* at = event.find("at");
    const auto* seconds = at == nullptr ? nullptr : at->value.as_number();
    if (map == nullptr || seconds == nullptr) {
        return made;
    }
    const bool by_clock = map->find("at") != nullptr;
    std::erase_if(map->members, [](const Member& member) {
        return member.key == "at" || member.key == "not_before";
    });
    const Value time{at->value.span, to_string(std::chrono::microseconds{
                                         static_cast<std::int64_t>(seconds->value * 1e6)})};
    map->members.push_back({by_clock ? "at" : "not_before", at->key_span, time});
    return made;
}

void take_head(const Map& event, Scenario& scenario, const std::filesystem::path& directory) {
    if (const auto* name = text_at(event, "name")) {
        scenario.name = *name;
    }
    if (const auto* topology = text_at(event, "topology")) {
        scenario.topology = (directory / *topology).lexically_normal();
        scenario.topology_span = event.find("topology")->value.span;
    }
    const auto* seed = event.find("seed");
    const auto* number = seed == nullptr ? nullptr : seed->value.as_number();
    if (number != nullptr && number->integer && *number->integer >= 0) {
        scenario.seed = static_cast<std::uint64_t>(*number->integer);
    }
    const auto* on_failure = text_at(event, "on_failure");
    scenario.stop_on_failure = on_failure == nullptr || *on_failure != "continue";
}

} // namespace

Scenario load_record(const Source& source, const std::filesystem::path& directory,
                     Diagnostics& diagnostics) {
    Scenario scenario;
    scenario.name = "record";
    for (const auto& event : read_events(source, diagnostics)) {
        const auto* map = event.as_map();
        const auto* kind = map == nullptr ? nullptr : text_at(*map, "event");
        if (kind == nullptr) {
            diagnostics.error(event.span, "this is no event",
                              "a record is the events.jsonl of a run's folder");
        } else if (*kind == "scenario") {
            take_head(*map, scenario, directory);
        } else if (const auto* step = *kind == "step" ? map->find("step") : nullptr) {
            scenario.steps.push_back(timed(step->value, *map));
        }
    }
    if (!diagnostics.has_errors() && (scenario.topology.empty() || scenario.steps.empty())) {
        diagnostics.error({0, 1}, scenario.steps.empty()
                                      ? "no step is recorded here"
                                      : "the record does not say of which topology it is");
    }
    return scenario;
}

} // namespace netlab
