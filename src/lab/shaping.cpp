#include "lab/shaping.h"

#include "netlink/link_requests.h"
#include "netlink/qdisc_requests.h"
#include "netlink/read.h"
#include "netlink/socket.h"
#include "sys/scoped_netns.h"

#include <algorithm>

namespace netlab {

namespace {

/// In the calling thread's network namespace.
void limit_all() {
    Batch batch;
    for (const auto& interface : Reader{}.interfaces()) {
        if (interface.kind == "veth" || interface.kind == "tun") {
            set_gso_segments(batch, 0, interface.index, 1);
        }
    }
    Socket{}.execute(batch);
}

} // namespace

void add_netem(Batch& batch, Tag tag, const Cable& cable, std::size_t side) {
    if (!cable.entering.at(side).is_perfect()) {
        replace_netem(batch, tag, cable.sides.at(side).index, cable.entering.at(side), cable.mtu);
    }
}

bool counts_frames(const BothWays<Impairment>& entering) {
    return std::ranges::any_of(entering, [](const Impairment& one) {
        return one.loss || one.duplicate || one.corrupt || one.reorder || one.rate;
    });
}

void send_single_segments(Lab& lab) {
    if (lab.single_segments) {
        return;
    }
    for (const auto& node : lab.nodes) {
        if (node.running) {
            const ScopedNetns netns{node.pid};
            limit_all();
        }
    }
    limit_all();
    lab.single_segments = true;
}

} // namespace netlab
