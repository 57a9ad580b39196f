#pragma once

#include "base/source.h"
#include "trial/result.h"

#include <string>
#include <vector>

namespace netlab {

// What became of runs of a scenario, for those who read it.

/// JUnit's XML as GitLab and Jenkins read it: a suite for each run, a case for each expectation
/// and for each other step that went wrong.
std::string to_junit(const std::vector<TrialResult>& runs, const Source& source);

/// Test Anything Protocol, version 14 (testanything.org): the same cases.
std::string to_tap(const std::vector<TrialResult>& runs, const Source& source);

/// One object: scenario, runs, their steps, points.
std::string to_json(const std::vector<TrialResult>& runs, const Source& source);

/// For a person: what failed first, expected and actual side by side; then a line of the whole.
std::string to_text(const TrialResult& run, const Source& source, bool colour);

/// The steps that are cases of a report.
std::vector<const StepResult*> cases(const TrialResult& run);

} // namespace netlab
