#pragma once

#include "trial/activity.h"
#include "trial/errand.h"
#include "trial/node_command.h"
#include "trial/node_doors.h"
#include "trial/trial.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace netlab {

/// A fault that a step made, and how it is ended.
struct ActiveFault {
    std::size_t step = 0; ///< number of the step
    std::string name;     ///< its `as`, or empty
    nlohmann::json undo;  ///< see actions.h
};

/// What the activities of a run share.
class Stage {
public:
    explicit Stage(const TrialSetting& setting, TrialResult& result)
        : setting{setting}, result{result}, doors{setting.lab, setting.plan} {}

    const TrialSetting& setting;
    TrialResult& result;
    NodeDoors doors;
    Instant origin{}; ///< of the scenario's times
    std::map<std::string, std::unique_ptr<NodeCommand>> backgrounds;
    std::vector<ActiveFault> faults;
    std::vector<std::unique_ptr<Activity>> aside; ///< that no step waits for: ends of faults
    bool stopped = false;                         ///< no step begins any more

    /// Notes the beginning of a step and numbers it. The result stays where it is.
    StepResult& begin(const Step& step, Instant due, Instant now);
    /// Notes its end. A failure stops the run where the scenario says so.
    void end(StepResult& step, Instant now);

    /// Takes the fault out whose name that is, or the first of all if it is empty; nullopt if there
    /// is none.
    std::optional<ActiveFault> take_fault(const std::string& name);
    std::optional<ActiveFault> take_fault_of(std::size_t step);

    /// A path for the outputs of a step, without its ending: `outputs/03-n4-etcdctl`.
    std::filesystem::path output_file(const StepResult& step, const std::string& node) const;

    /// Results in the order in which steps began; a deque, so that they stay where they are.
    std::deque<StepResult> steps;
};

} // namespace netlab
