#pragma once

#include "base/source.h"
#include "scenario/text_wish.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

enum class Outcome : std::uint8_t {
    held,        ///< it was done, or was as expected
    failed,      ///< it was not as expected
    refused,     ///< it could not be done
    interrupted, ///< by a signal
};

/// `held`, `failed`, …
const char* to_string(Outcome outcome);

/// What became of a step.
struct StepResult {
    std::size_t number = 0; ///< in the order of beginning, from 1
    std::string verb;
    std::string title;
    Span span;
    double due = 0; ///< seconds since the beginning of the scenario
    double began = 0;
    double ended = 0;
    Outcome outcome = Outcome::held;
    std::string message;                ///< why it was refused, or what was measured
    std::vector<Mismatch> mismatches{}; ///< if it has failed
    std::vector<std::string> nodes{};   ///< that it is about
    int attempts = 0;
    bool is_expectation = false;
    std::optional<int> points;
    bool is_over = false;   ///< while it goes on, its outcome is not known
    bool has_steps = false; ///< of its own, which are recorded
};

/// What became of a run of a scenario.
struct TrialResult {
    std::string scenario;
    std::string file; ///< of the scenario, as it was given
    std::string lab;
    std::filesystem::path folder;
    std::uint64_t seed = 0;
    std::size_t run = 1;
    std::string started; ///< UTC
    double seconds = 0;  ///< start and end of the lab included
    Outcome outcome = Outcome::held;
    std::string lab_error; ///< why the lab could not be made
    bool kept = false;     ///< the lab was left running
    std::vector<StepResult> steps{};

    int points() const;
    int most_points() const;
    std::size_t count(Outcome which) const; ///< of expectations
};

} // namespace netlab
