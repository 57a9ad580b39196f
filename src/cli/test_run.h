#pragma once

#include "cli/options.h"
#include "cli/read_plan.h"
#include "scenario/step_source.h"
#include "trial/result.h"

#include <cstdint>
#include <filesystem>

namespace netlab {

/// What the runs of a scenario have in common.
struct TestPlan {
    const TestOptions& options;
    const StepSource& steps;
    PlannedFile& planned; ///< of the topology; a run's process changes its own copy
    std::filesystem::path folder;
    std::uint64_t seed = 0; ///< of the first run
};

/// The folder of one of `times` runs.
std::filesystem::path folder_of_run(const std::filesystem::path& folder, std::size_t times,
                                    std::size_t run);

/// Throws InputError if a run in that folder would write over what is not another run's, and
/// std::filesystem::filesystem_error if that cannot be known.
void refuse_others_files(const std::filesystem::path& folder);

/// One run, in a process of its own: makes the lab, runs the steps, ends the lab. Leaves a folder.
/// Throws std::system_error where the folder cannot be written.
TrialResult run_once(const TestPlan& test, std::size_t run);

} // namespace netlab
