#pragma once

#include "lab/cabling.h"
#include "netlink/batch.h"

namespace netlab {

/// In the network namespace of a side of a cable that netem carries: the netem of what enters
/// there.
void add_netem(Batch& batch, Tag tag, const Cable& cable, std::size_t side);

/// Whether frames of a cable have to be counted one by one, so that no sender may hand over a
/// segment that is many of them: loss, duplicates, a rate.
bool counts_frames(const BothWays<Impairment>& entering);

/// No interface of the lab sends segments that are many frames from now on: netem would lose or
/// delay all of a segment as one (it looks into one only to corrupt it). Does so once. Throws
/// std::system_error.
void send_single_segments(Lab& lab);

} // namespace netlab
