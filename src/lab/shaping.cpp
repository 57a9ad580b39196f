#include "lab/shaping.h"

#include "netlink/link_requests.h"
#include "netlink/qdisc_requests.h"
#include "netlink/read.h"
#include "netlink/read_qdiscs.h"
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

/// The netem at an interface; one that holds nothing if there is none.
QdiscState netem_at(Socket& socket, int index) {
    const auto qdiscs = read_qdiscs(socket);
    const auto found = std::ranges::find(qdiscs, index, &QdiscState::interface);
    return found != qdiscs.end() && found->kind == "netem" ? *found : QdiscState{};
}

} // namespace

void add_netem(Batch& batch, Tag tag, const Cable& cable, std::size_t side) {
    if (!cable.entering.at(side).is_perfect()) {
        replace_netem(batch, tag, cable.sides.at(side).index, cable.entering.at(side), cable.mtu);
    }
}

void change_netem(const Cable& cable, std::size_t side, const Impairment& before) {
    const int index = cable.sides.at(side).index;
    const auto& after = cable.entering.at(side);
    Socket socket;
    Batch batch;
    const auto old =
        before.rate && before.rate != after.rate ? netem_at(socket, index) : QdiscState{};
    // A netem that is taken out throws away the frames that it holds; one that has nothing to do
    // lets them go in their time.
    if (backlog_outlives_rate(old.backlog, before, after)) {
        renew_netem(batch, 0, index, old.handle, after, cable.mtu);
    } else {
        replace_netem(batch, 0, index, after, cable.mtu);
    }
    socket.execute(batch);
}

bool counts_frames(const BothWays<Impairment>& entering) {
    return std::ranges::any_of(entering, [](const Impairment& one) {
        return one.loss || one.duplicate || one.corrupt || one.reorder || one.rate ||
               one.jitter > Duration{};
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
