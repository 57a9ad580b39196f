#pragma once

#include "control/client.h"

#include <filesystem>
#include <string>
#include <vector>

namespace netlab {

/// Whether `netlab pause` has stopped all processes of the node.
bool is_paused(const NodeAnswer& node);

/// Throws InputError if the node is paused: nothing in it could answer.
void refuse_paused(const NodeAnswer& node);

/// Stops all processes of the selected nodes where they are, and lets them go on: by their cgroups,
/// or by the supervisor where they have none. Throw InputError for what the user can mend,
/// std::runtime_error for what the kernel refused; then none is paused.
void pause_nodes(LabClient& client, const std::vector<std::string>& patterns);
void resume_nodes(LabClient& client, const std::vector<std::string>& patterns);

/// Lets nodes go on whose cgroups are frozen. Throws std::system_error.
void thaw(const std::vector<NodeAnswer>& nodes);

/// Lets all paused nodes of a lab go on that have cgroups, without asking its supervisor. `lab` is
/// its state folder. Throws std::system_error.
void resume_all(const std::filesystem::path& lab);

} // namespace netlab
