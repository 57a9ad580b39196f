#include "trial/stage.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace netlab {

namespace {

Event event_of(const StepResult& step, const Step& drawn) {
    return {{"event", "step"},
            {"number", step.number},
            {"due", step.due},
            {"title", step.title},
            {"step", Event::parse(drawn.written, nullptr, false)}};
}

Event event_of(const StepResult& step) {
    Event event{{"event", "end"},
                {"number", step.number},
                {"outcome", to_string(step.outcome)},
                {"attempts", step.attempts}};
    if (!step.message.empty()) {
        event["message"] = step.message;
    }
    for (const auto& mismatch : step.mismatches) {
        event["mismatches"].push_back(
            Event{{"expected", mismatch.expected}, {"actual", mismatch.actual}});
    }
    return event;
}

} // namespace

StepResult& Stage::begin(const Step& step, Instant due, Instant now) {
    auto& made = steps.emplace_back();
    made.number = steps.size();
    made.verb = step.verb;
    made.title = step.title;
    made.span = step.span;
    made.due = setting.events.seconds(due);
    made.began = setting.events.seconds(now);
    if (const auto* expect = std::get_if<ExpectAction>(&step.action)) {
        made.is_expectation = true;
        made.points = expect->points;
    }
    made.has_steps = std::holds_alternative<RepeatAction>(step.action);
    if (!made.has_steps) {
        setting.events.write(event_of(made, step), now);
    }
    setting.progress(made, false);
    return made;
}

void Stage::end(StepResult& step, Instant now) {
    step.is_over = true;
    step.ended = setting.events.seconds(now);
    if (!step.has_steps) {
        setting.events.write(event_of(step), now);
    }
    const bool lenient = step.is_expectation && step.outcome == Outcome::failed &&
                         (step.points || !setting.steps.scenario().stop_on_failure);
    if (step.outcome != Outcome::held && step.outcome != Outcome::interrupted) {
        result.outcome = result.outcome == Outcome::held ? step.outcome : result.outcome;
        stopped = stopped || !lenient;
    }
    setting.progress(step, true);
}

std::optional<ActiveFault> Stage::take_fault(const std::string& name) {
    const auto found = std::find_if(faults.rbegin(), faults.rend(), [&](const ActiveFault& one) {
        return name.empty() || one.name == name;
    });
    if (found == faults.rend()) {
        return std::nullopt;
    }
    auto taken = std::move(*found);
    faults.erase(std::next(found).base());
    return taken;
}

std::vector<const StepResult*> Stage::faults_under_way(const std::string& name) {
    std::erase_if(begun_faults, [](const auto& one) { return one.second->is_over; });
    std::vector<const StepResult*> begun;
    for (const auto& [own, step] : begun_faults) {
        if (name.empty() || own == name) {
            begun.push_back(step);
        }
    }
    return begun;
}

std::optional<ActiveFault> Stage::take_fault_of(std::size_t step) {
    const auto found =
        std::ranges::find_if(faults, [&](const ActiveFault& one) { return one.step == step; });
    if (found == faults.end()) {
        return std::nullopt;
    }
    auto taken = std::move(*found);
    faults.erase(found);
    return taken;
}

std::filesystem::path Stage::output_file(const StepResult& step, const std::string& node) const {
    return setting.folder / "outputs" / fmt::format("{:03}-{}", step.number, node);
}

} // namespace netlab
