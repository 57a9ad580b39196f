#include "trial/result.h"

#include <algorithm>
#include <array>

namespace netlab {

const char* to_string(Outcome outcome) {
    constexpr std::array words{"held", "failed", "refused", "interrupted"};
    return words.at(static_cast<std::size_t>(outcome));
}

int TrialResult::points() const {
    int sum = 0;
    for (const auto& step : steps) {
        sum += step.outcome == Outcome::held ? step.points.value_or(0) : 0;
    }
    return sum;
}

int TrialResult::most_points() const {
    int sum = 0;
    for (const auto& step : steps) {
        sum += step.points.value_or(0);
    }
    return sum;
}

std::size_t TrialResult::count(Outcome which) const {
    return static_cast<std::size_t>(std::ranges::count_if(steps, [which](const StepResult& step) {
        return step.is_expectation && step.outcome == which;
    }));
}

} // namespace netlab
