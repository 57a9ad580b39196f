#pragma once

#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/read_plan.h"
#include "lab/start_lab.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace netlab {

/// What a lab is to be called when one of its name runs already.
enum class LabNaming {
    as_planned, ///< that is a mistake
    next_free,  ///< NAME-2, NAME-3, …: whoever starts it will know it by what this returns
};

/// Starts the lab of `file` and leaves in its folder what other commands read there. Its name may
/// become another: see LabNaming. `options` need no `ready` and no `serve`. Returns the lab's
/// folder. Throws what start_lab throws.
std::filesystem::path start_planned(PlannedFile& planned, const std::string& file,
                                    StartOptions options, LabNaming naming = LabNaming::as_planned);

/// Options of a start that is shown as it goes on; remarks only if `verbose`.
StartOptions shown_start(ProgressLine& progress, bool verbose);

/// What `ls` shows of a lab.
LabCard card_of(const Plan& plan, const std::string& file, std::int64_t started);
std::size_t count_services(const Plan& plan);
/// Since 1970.
std::int64_t seconds_now();

} // namespace netlab
