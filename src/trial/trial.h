#pragma once

#include "plan/plan.h"
#include "scenario/step_source.h"
#include "trial/event_log.h"
#include "trial/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace netlab {

/// A run of a scenario on a lab that is ready.
struct TrialSetting {
    std::filesystem::path lab; ///< its state folder
    const Plan& plan;
    const StepSource& steps;
    std::uint64_t seed = 0;
    std::filesystem::path folder; ///< for outputs; exists
    EventLog& events;
    std::string command; ///< what faults say that they were made by
    /// Called when a step begins, and when it has ended.
    std::function<void(const StepResult&, bool ended)> progress;
};

/// Runs the steps. Fills `result.steps` and `result.outcome`, and on a failure leaves in the folder
/// how the nodes involved are. SIGINT, SIGTERM and SIGHUP end it: `interrupted`. Throws
/// std::system_error for what keeps the run as a whole from going on.
void run_trial(const TrialSetting& setting, TrialResult& result);

} // namespace netlab
