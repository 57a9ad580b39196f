#pragma once

#include "control/client.h"

#include <filesystem>

namespace netlab {

/// Whether `netlab pause` has stopped all processes of the node.
bool is_paused(const NodeAnswer& node);

/// Throws InputError if the node is paused: nothing in it could answer.
void refuse_paused(const NodeAnswer& node);

/// Lets all paused nodes of a lab go on, without asking its supervisor. `lab` is its state folder.
/// Throws std::system_error.
void resume_all(const std::filesystem::path& lab);

} // namespace netlab
