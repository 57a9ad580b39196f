#pragma once

#include "control/client.h"

#include <filesystem>
#include <vector>

namespace netlab {

/// Whether `netlab pause` has stopped all processes of the node.
bool is_paused(const NodeAnswer& node);

/// Throws InputError if the node is paused: nothing in it could answer.
void refuse_paused(const NodeAnswer& node);

/// Lets nodes go on whose cgroups are frozen. Throws std::system_error.
void thaw(const std::vector<NodeAnswer>& nodes);

/// Lets all paused nodes of a lab go on that have cgroups, without asking its supervisor. `lab` is
/// its state folder. Throws std::system_error.
void resume_all(const std::filesystem::path& lab);

} // namespace netlab
