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

/// The most packets that netem may hold for `impairment`: those that wait at the bottleneck, and
/// those on the line behind it, rate times the longest delay over the size of a full frame. netem
/// counts both as one, so the queue of full frames is exact and that of small ones is larger.
std::uint32_t netem_limit(const Impairment& impairment, std::uint32_t mtu);

} // namespace netlab
