#pragma once

#include "lab/cabling.h"
#include "netlink/batch.h"

namespace netlab {

/// In the network namespace of a side of a cable that netem carries: the netem of what enters
/// there.
void add_netem(Batch& batch, Tag tag, const Cable& cable, std::size_t side);

/// In the same place: what enters there is no longer as in `before`. Frames that are under way keep
/// their time, but for those that a rate which is no longer has let wait for too long: they are
/// lost. Throws std::system_error.
void change_netem(const Cable& cable, std::size_t side, const Impairment& before);

/// Whether frames of a cable have to be counted one by one, so that no sender may hand over a
/// segment that is many of them: loss, duplicates, a rate, delays that differ.
bool counts_frames(const BothWays<Impairment>& entering);

/// No interface of the lab sends segments that are many frames from now on: netem would lose or
/// delay all of a segment as one (it looks into one only to corrupt it). Does so once. Throws
/// std::system_error.
void send_single_segments(Lab& lab);

} // namespace netlab
