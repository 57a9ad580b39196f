#include "trial/report.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "base/table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_cell = 60;

std::size_t line_of(const StepResult& step, const Source& source) {
    return source.position(step.span.begin).line;
}

Json json_of(const StepResult& step, const Source& source) {
    Json made{{"number", step.number},
              {"step", step.verb},
              {"name", step.title},
              {"line", line_of(step, source)},
              {"outcome", to_string(step.outcome)},
              {"due", step.due},
              {"began", step.began},
              {"ended", step.ended},
              {"attempts", step.attempts},
              {"message", step.message}};
    made["points"] = step.points ? Json(*step.points) : Json(nullptr);
    made["mismatches"] = Json::array();
    for (const auto& one : step.mismatches) {
        made["mismatches"].push_back(Json{{"expected", one.expected}, {"actual", one.actual}});
    }
    return made;
}

Json json_of(const TrialResult& run, const Source& source) {
    Json made{{"run", run.run},
              {"seed", run.seed},
              {"lab", run.lab},
              {"folder", run.folder.string()},
              {"started", run.started},
              {"seconds", run.seconds},
              {"outcome", run.lab_error.empty() ? to_string(run.outcome) : "no_lab"},
              {"error", run.lab_error},
              {"points", run.points()},
              {"most_points", run.most_points()},
              {"steps", Json::array()}};
    for (const auto& step : run.steps) {
        made["steps"].push_back(json_of(step, source));
    }
    return made;
}

std::string score(const TrialResult& run) {
    return run.most_points() == 0 ? ""
                                  : fmt::format(", score {}/{}", run.points(), run.most_points());
}

/// What went wrong with a step, with the line of the scenario that says it.
std::string failure_text(const StepResult& step, const Source& source, bool colour) {
    const auto what = step.outcome == Outcome::refused ? "this step could not be carried out: "
                      : step.is_expectation            ? "this does not hold: "
                                                       : "this step failed: ";
    Diagnostic diagnostic{Severity::error, step.span, what + step.title, {}, {}};
    auto text = render(diagnostic, source, colour);
    if (!step.mismatches.empty()) {
        Table table{{"EXPECTED", "ACTUAL"}};
        for (const auto& one : step.mismatches) {
            table.add_row({printable(one.expected, longest_cell), printable(one.actual)});
        }
        text += table.to_string(0, colour);
    }
    if (!step.message.empty()) {
        text += "  " + printable_lines(step.message) + "\n";
    }
    return text;
}

std::string held_line(const TrialResult& run) {
    const auto expectations =
        run.count(Outcome::held) + run.count(Outcome::failed) + run.count(Outcome::refused);
    const auto held = run.count(Outcome::held);
    switch (run.outcome) {
    case Outcome::held:
        return fmt::format("{}", expectations == 0 ? "all steps were carried out"
                                 : expectations == 1
                                     ? "the expectation held"
                                     : fmt::format("all {} expectations held", expectations));
    case Outcome::interrupted:
        return fmt::format("interrupted; {} of {} expectations held", held, expectations);
    default:
        return fmt::format("FAILED: {} of {} expectations held", held, expectations);
    }
}

} // namespace

std::vector<const StepResult*> cases(const TrialResult& run) {
    std::vector<const StepResult*> found;
    for (const auto& step : run.steps) {
        if (step.is_expectation || step.outcome != Outcome::held) {
            found.push_back(&step);
        }
    }
    return found;
}

std::string to_json(const std::vector<TrialResult>& runs, const Source& source) {
    Json made{{"scenario", runs.empty() ? "" : runs.front().scenario},
              {"file", source.name()},
              {"held", true},
              {"runs", Json::array()}};
    for (const auto& run : runs) {
        made["held"] = made["held"].get<bool>() && run.outcome == Outcome::held;
        made["runs"].push_back(json_of(run, source));
    }
    return made.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_text(const TrialResult& run, const Source& source, bool colour) {
    std::string text;
    if (!run.lab_error.empty()) {
        return fmt::format("{}: the lab could not be made\n{}\n", run.scenario, run.lab_error);
    }
    for (const auto& step : run.steps) {
        if (step.outcome == Outcome::failed || step.outcome == Outcome::refused) {
            text += failure_text(step, source, colour);
        }
    }
    return text + fmt::format("{}: {}{}, in {:.2f} s, seed {}; {}\n", run.scenario, held_line(run),
                              score(run), run.seconds, run.seed, run.folder.string());
}

} // namespace netlab
