#pragma once

#include "base/impairment.h"
#include "netlink/batch.h"

#include <cstdint>

namespace netlab {

/// Shapes what leaves an interface as `impairment` says, with one netem: one request, so that no
/// frame sees half of a change. Frames that are under way keep their old time.
///
/// Equivalent to: `tc qdisc replace dev INDEX root netem limit L delay … loss … rate …`, every
/// property said, so that none is left over from before. `mtu` is the interface's. The impairment
/// has no trace; what else netem cannot do is told by netem_refuses.
void replace_netem(Batch& batch, Tag tag, int index, const Impairment& impairment,
                   std::uint32_t mtu);

/// Equivalent to: `tc qdisc delete dev INDEX root`. Refused with ENOENT or EINVAL where there is
/// none.
void delete_root_qdisc(Batch& batch, Tag tag, int index);

/// As replace_netem, in one request too, but with a new netem in the place of the one that is
/// there, whose frames are lost. `old_handle` is that one's. Equivalent to: `tc qdisc replace dev
/// INDEX root handle NEW: netem …`.
void renew_netem(Batch& batch, Tag tag, int index, std::uint32_t old_handle,
                 const Impairment& impairment, std::uint32_t mtu);

/// `rate` as netem has it, in whole bytes: the nearest, never 0, which would be no rate.
std::uint64_t netem_bytes_per_second(Rate rate);

/// The most packets that netem may hold for `impairment`: those that wait at the bottleneck, the
/// one being sent, and those on the line behind it, rate times the longest delay over the size of a
/// full frame. netem counts all as one, so the queue of full frames is exact; small frames, of
/// which more are on the line, find less of it.
std::uint32_t netem_limit(const Impairment& impairment, std::uint32_t mtu);

/// Whether that limit leaves the smallest frames less than half of the queue, so that netem may
/// drop what does not even exceed the rate.
bool netem_starves_small_frames(const Impairment& impairment, std::uint32_t mtu);

/// Whether `backlog` bytes that wait in a netem for the rate of `before` would keep waiting for
/// more than a second after a change to `after`, which is faster. Frames that come later would wait
/// for them.
bool backlog_outlives_rate(std::uint64_t backlog, const Impairment& before,
                           const Impairment& after);

} // namespace netlab
