#pragma once

#include "trial/activity.h"
#include "trial/errand.h"
#include "trial/node_command.h"
#include "trial/node_doors.h"
#include "trial/trial.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
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
    std::vector<ActiveFault> faults;                                     ///< in place
    std::vector<std::pair<std::string, const StepResult*>> begun_faults; ///< names and steps
    std::vector<std::unique_ptr<Activity>> aside; ///< that no step waits for: ends of faults
    bool stopped = false;                         ///< no step begins any more
    std::set<std::string> killed; ///< nodes that steps have killed: see ServiceWatch::ask

    /// Notes the beginning of a step and numbers it. The result stays where it is.
    StepResult& begin(const Step& step, Instant due, Instant now);
    /// Notes its end. A failure stops the run where the scenario says so.
    void end(StepResult& step, Instant now);

    /// Takes the last fault out whose name that is, or the last of all if it is empty: what was
    /// there before the first comes back last. nullopt if there is none.
    std::optional<ActiveFault> take_fault(const std::string& name);
    std::optional<ActiveFault> take_fault_of(std::size_t step);
    /// Steps that make faults of that name, or any faults if it is empty, and are still at it.
    std::vector<const StepResult*> faults_under_way(const std::string& name);

    /// A path for the outputs of a step, without its ending: `outputs/03-n4-etcdctl`.
    std::filesystem::path output_file(const StepResult& step, const std::string& node) const;

    /// Results in the order in which steps began; a deque, so that they stay where they are.
    std::deque<StepResult> steps;
};

} // namespace netlab
