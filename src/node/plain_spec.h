#pragma once

#include "node/node_spec.h"

#include <cstdint>
#include <span>
#include <vector>

namespace netlab {

/// Whether a node is made of words alone: of no file that a process has open, no mount that it
/// must be shown, and no service. Such a node can be cloned by a process that is told of it.
bool is_plain(const NodeSpec& spec);

/// A plain spec for the way to another process of the same build.
std::vector<std::uint8_t> to_record(const NodeSpec& spec);
/// Throws std::exception if it is none.
NodeSpec parse_record(std::span<const std::uint8_t> record);

} // namespace netlab
