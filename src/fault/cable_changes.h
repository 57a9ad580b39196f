#pragma once

#include "lab/lab.h"
#include "lab/recable.h"

#include <cstddef>
#include <map>
#include <vector>

namespace netlab {

/// Cables by their place in lab.cables, and how they are to be.
using CableChanges = std::map<std::size_t, CableState>;

/// Throws std::runtime_error if a side of the cable cannot be changed: its node has ended, or its
/// interface is gone.
void check_changeable(const Lab& lab, const Cable& cable);
/// Whether it throws nothing: an interface that somebody has deleted keeps no node from being
/// killed, and no cut from ending.
bool is_changeable(const Lab& lab, const Cable& cable);

/// Makes all of the changes, or none. Throws std::runtime_error for what the kernel refused.
/// Returns the cables that have a carrier where they had none: see pass_over_noted.
std::vector<std::size_t> carry_out(Lab& lab, const CableChanges& changes);

} // namespace netlab
