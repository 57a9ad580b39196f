#pragma once

#include "control/client.h"
#include "scenario/scenario.h"

#include <nlohmann/json.hpp>

namespace netlab {

// What steps do to a lab, for the process of an errand: they may take long.

/// A list of changes that a lab's supervisor makes, in order.
using Changes = nlohmann::json;

/// What was done: `undo`, the Changes that end it, and `said`, a line about it, or empty.
using Done = nlohmann::json;

/// Throw InputError for what cannot be, std::runtime_error for what the kernel refused.
Done carry_out(LabClient& client, const std::string& name, const PartitionAction& action);
Done carry_out(LabClient& client, const std::string& name, const LinkAction& action);
Done carry_out(LabClient& client, const std::string& name, const NodeAction& action);
/// Says which processes do not go by their node's clock. This process is of no other use after it.
Done carry_out(LabClient& client, const std::string& name, const ClockAction& action);
/// The end of a change to a clock.
void undo_clock(LabClient& client, const nlohmann::json& change);

/// Carries out what an action gave as its `undo`.
void undo(LabClient& client, const Changes& changes);

} // namespace netlab
