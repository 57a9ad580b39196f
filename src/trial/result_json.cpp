#include "trial/result_json.h"

namespace netlab {

namespace {

nlohmann::json step_to_json(const StepResult& step) {
    nlohmann::json made{{"number", step.number},
                        {"verb", step.verb},
                        {"title", step.title},
                        {"span", {step.span.begin, step.span.end}},
                        {"due", step.due},
                        {"began", step.began},
                        {"ended", step.ended},
                        {"outcome", static_cast<int>(step.outcome)},
                        {"message", step.message},
                        {"nodes", step.nodes},
                        {"attempts", step.attempts},
                        {"is_expectation", step.is_expectation},
                        {"mismatches", nlohmann::json::array()}};
    if (step.points) {
        made["points"] = *step.points;
    }
    for (const auto& one : step.mismatches) {
        made["mismatches"].push_back({one.expected, one.actual});
    }
    return made;
}

StepResult parse_step(const nlohmann::json& value) {
    StepResult step;
    step.number = value.at("number");
    step.verb = value.at("verb");
    step.title = value.at("title");
    step.span = {value.at("span").at(0), value.at("span").at(1)};
    step.due = value.at("due");
    step.began = value.at("began");
    step.ended = value.at("ended");
    step.outcome = static_cast<Outcome>(value.at("outcome").get<int>());
    step.message = value.at("message");
    step.nodes = value.at("nodes").get<std::vector<std::string>>();
    step.attempts = value.at("attempts");
    step.is_expectation = value.at("is_expectation");
    if (value.contains("points")) {
        step.points = value.at("points").get<int>();
    }
    for (const auto& one : value.at("mismatches")) {
        step.mismatches.push_back({one.at(0), one.at(1)});
    }
    return step;
}

} // namespace

nlohmann::json result_to_json(const TrialResult& result) {
    nlohmann::json made{{"scenario", result.scenario},
                        {"file", result.file},
                        {"lab", result.lab},
                        {"folder", result.folder.string()},
                        {"seed", result.seed},
                        {"run", result.run},
                        {"started", result.started},
                        {"seconds", result.seconds},
                        {"outcome", static_cast<int>(result.outcome)},
                        {"lab_error", result.lab_error},
                        {"kept", result.kept},
                        {"steps", nlohmann::json::array()}};
    for (const auto& step : result.steps) {
        made["steps"].push_back(step_to_json(step));
    }
    return made;
}

TrialResult parse_result(const nlohmann::json& value) {
    TrialResult result;
    result.scenario = value.at("scenario");
    result.file = value.at("file");
    result.lab = value.at("lab");
    result.folder = value.at("folder").get<std::string>();
    result.seed = value.at("seed");
    result.run = value.at("run");
    result.started = value.at("started");
    result.seconds = value.at("seconds");
    result.outcome = static_cast<Outcome>(value.at("outcome").get<int>());
    result.lab_error = value.at("lab_error");
    result.kept = value.at("kept");
    for (const auto& step : value.at("steps")) {
        result.steps.push_back(parse_step(step));
    }
    return result;
}

} // namespace netlab
