#include "scenario/step_source.h"

#include "scenario/step_readers.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t most_steps = 100'000;
constexpr int deepest_repeat = 8;
/// Whole numbers up to here every reader of JSON takes unchanged.
constexpr std::uint64_t largest_seed = (std::uint64_t{1} << 53U) - 1;

/// `seed: any` of a shape becomes a number, so that the record of the run says it, too.
void draw_seed_of_shape(Value& step, Choices& choices) {
    auto* map = std::get_if<Map>(&step.content);
    for (auto* level : {"partition", "seed"}) {
        auto* found = static_cast<Member*>(nullptr);
        for (std::size_t i = 0; map != nullptr && i < map->members.size(); ++i) {
            found = map->members[i].key == level ? &map->members[i] : found;
        }
        map = found == nullptr ? nullptr : std::get_if<Map>(&found->value.content);
        const auto* text = found == nullptr ? nullptr : found->value.as_string();
        if (text != nullptr && *text == "any") {
            const auto seed = static_cast<std::int64_t>(choices.below(largest_seed));
            found->value.content = Number{static_cast<double>(seed), seed};
        }
    }
}

/// A choice of more is not looked at whole before the scenario begins.
constexpr std::uint64_t most_checked = 256;

} // namespace

StepSource::StepSource(const Scenario& scenario, const Source& source, const Topology& topology,
                       Diagnostics& diagnostics)
    : scenario_{scenario}, source_{source}, names_{topology} {
    Input input{source_, directory_, diagnostics};
    Reading reading{input, names_};
    check(scenario_.steps, reading, 0);
    faults_ = reading.faults;
    backgrounds_ = reading.backgrounds;
}

void StepSource::check(const List& steps, Reading& reading, int depth) {
    for (const auto& step : steps) {
        if (++count_ == most_steps) {
            reading.diagnostics().error(step.span,
                                        fmt::format("a scenario has at most {} steps", most_steps));
        }
        if (count_ >= most_steps || reading.diagnostics().full()) {
            return;
        }
        check_step(step, reading, depth);
    }
}

/// Reads it with each of its alternatives: a mistake that only chance would meet is shown, too.
void StepSource::check_step(const Value& value, Reading& reading, int depth) {
    const auto times = std::min(most_alternatives(value, reading), most_checked);
    for (std::uint64_t i = 0; i < times; ++i) {
        Choices choices = Choices::in_turn(i);
        const auto step = read_step(chosen(value, choices, reading), reading);
        if (!step || i > 0) {
            continue;
        }
        if (const auto* repeat = std::get_if<RepeatAction>(&step->action)) {
            if (depth == deepest_repeat) {
                reading.diagnostics().error(
                    step->span,
                    fmt::format("steps are repeated inside of each other at most {} deep",
                                deepest_repeat));
                return;
            }
            check(repeat->steps, reading, depth + 1);
        } else {
            check_ready(*step, reading, depth);
        }
    }
}

/// A scenario begins when the lab is ready: to wait for that later says something else than is
/// meant.
void StepSource::check_ready(const Step& step, Reading& reading, int depth) {
    if (const auto* wait = std::get_if<WaitAction>(&step.action); wait != nullptr) {
        if (depth == 0 && !wait->ready.empty() && !first_act_.empty() && !may_be_down_) {
            reading.diagnostics()
                .error(step.span, "a step stands before this wait for nodes to be ready",
                       "let this one be the first; later it waits for what was stopped or killed")
                .notes.push_back({first_act_, "this step would not have waited"});
        }
        return;
    }
    if (const auto* node = std::get_if<NodeAction>(&step.action)) {
        may_be_down_ = may_be_down_ || node->word != NodeWord::resume;
    }
    first_act_ = first_act_.empty() ? step.span : first_act_;
}

std::vector<Step> StepSource::draw(const List& steps, const Choices& choices) const {
    Diagnostics diagnostics;
    Input input{source_, directory_, diagnostics};
    Reading reading{input, names_, faults_, backgrounds_};
    std::vector<Step> drawn;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto own = choices.of(i);
        auto value = chosen(steps[i], own, reading);
        draw_seed_of_shape(value, own);
        if (auto step = read_step(value, reading)) {
            drawn.push_back(std::move(*step));
        }
    }
    diagnostics.throw_if_errors();
    return drawn;
}

} // namespace netlab
