#pragma once

#include "trial/activity.h"
#include "trial/stage.h"

#include <memory>
#include <optional>

namespace netlab {

/// Begins a step that `result` tells of. Returns what goes on then; nullptr if it is done already.
/// Throws std::exception for what cannot be begun.
std::unique_ptr<Activity> begin_step(Stage& stage, const Step& step, StepResult& result,
                                     const Choices& choices);

/// An expectation, until it is known whether it holds.
std::unique_ptr<Activity> begin_expect(Stage& stage, const ExpectAction& action,
                                       StepResult& result);

/// Steps one after the other; those with a time of their own beside them.
std::unique_ptr<Activity> begin_sequence(Stage& stage, std::vector<Step> steps,
                                         const Choices& choices, Instant begin);

/// The same steps again and again.
std::unique_ptr<Activity> begin_repeat(Stage& stage, const RepeatAction& action,
                                       const Choices& choices, Instant begin);

/// Ends the fault of a step when its time has come, unless it has ended before.
std::unique_ptr<Activity> end_fault_later(Stage& stage, const StepResult& step, Instant due);

} // namespace netlab
