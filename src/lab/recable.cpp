#include "lab/recable.h"

#include "lab/cabling.h"
#include "lab/shaping.h"
#include "netlink/interface_sysctls.h"
#include "netlink/link_requests.h"
#include "netlink/readiness.h"
#include "netlink/snapshot.h"
#include "packet/tap.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <net/if.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

/// Calls `work` in the network namespace of a side.
template <class Work>
auto in_netns(const Lab& lab, const CableSide& side, const Work& work) {
    std::optional<ScopedNetns> netns;
    if (side.node) {
        netns.emplace(netns_of(lab, side));
    }
    return work();
}

bool is_of_taps(const CableState& state) {
    return state.down || state.carriage == Carriage::wire;
}

void set(Cable& cable, const CableState& state) {
    cable.carriage = state.carriage;
    cable.down = state.down;
    cable.entering = state.entering;
}

void shape_side(const Lab& lab, const Cable& cable, std::size_t i, const Impairment& before) {
    if (cable.entering.at(i) == before) {
        return;
    }
    in_netns(lab, cable.sides.at(i), [&] { change_netem(cable, i, before); });
}

/// Both directions of a veth pair, or none.
void shape_veth(const Lab& lab, Cable& cable, const CableState& wanted) {
    const auto before = state_of(cable);
    set(cable, wanted);
    try {
        shape_side(lab, cable, 0, before.entering[0]);
        try {
            shape_side(lab, cable, 1, before.entering[1]);
        } catch (const std::exception&) {
            cable.entering[0] = before.entering[0];
            shape_side(lab, cable, 0, wanted.entering[0]);
            throw;
        }
    } catch (const std::exception&) {
        set(cable, before);
        throw;
    }
}

/// What is under way is lost, and counted so.
void cut(Lab& lab, std::size_t id) {
    auto& cable = lab.cables[id];
    const auto counters = lab.wires.counters(static_cast<WireId>(id));
    lab.wires.disconnect(static_cast<WireId>(id), cable);
    for (std::size_t i = 0; counters && i < 2; ++i) {
        auto last = counters->at(i);
        last.dropped += std::exchange(last.waiting, 0);
        cable.counted.at(i) += last;
    }
}

/// A cable of TAPs that stays one.
void change_taps(Lab& lab, std::size_t id, const CableState& wanted) {
    auto& cable = lab.cables[id];
    const auto before = state_of(cable);
    set(cable, wanted);
    try {
        if (!before.down && !wanted.down) {
            lab.wires.shape(static_cast<WireId>(id), cable);
        } else if (before.down && !wanted.down) {
            lab.wires.connect(static_cast<WireId>(id), cable);
        } else if (!before.down) {
            cut(lab, id);
        }
    } catch (const std::exception&) {
        set(cable, before);
        lab.mend_wires(); // as it was
        throw;
    }
}

/// What the kernel forgets of an interface, and is to know again of the one in its place.
struct Snapshot {
    InterfaceSnapshot settings;
    InterfaceSysctls sysctls;
};
using Snapshots = std::array<Snapshot, 2>;

/// What has another name now would lose it, if the name is still free.
void require_name(const Lab& lab, const CableSide& side) {
    std::array<char, IF_NAMESIZE> name{};
    const auto* now = ::if_indextoname(static_cast<unsigned>(side.index), name.data());
    if (now != nullptr && now != side.name) {
        throw std::runtime_error{
            fmt::format("something in the node has renamed {}, and it has to be made anew",
                        name_of(lab.plan, side))};
    }
}

Snapshot snapshot_of(const Lab& lab, const CableSide& side) {
    return in_netns(lab, side, [&] {
        require_name(lab, side);
        Socket socket;
        return Snapshot{InterfaceSnapshot{socket, side.index}, InterfaceSysctls{side.index}};
    });
}

void unmake(Lab& lab, std::size_t id) {
    auto& cable = lab.cables[id];
    if (!is_of_taps(state_of(cable))) {
        in_netns(lab, cable.sides[0], [&] {
            Batch batch;
            delete_link(batch, 0, cable.sides[0].index);
            Socket{}.execute(batch);
        });
        return;
    }
    if (!cable.down) {
        lab.wires.disconnect(static_cast<WireId>(id), cable);
    }
    cable.taps = {};
}

void make_veth(const Lab& lab, const Cable& cable) {
    const auto end = [&](const CableSide& side) {
        return VethEnd{netns_of(lab, side), side.name, side.index, side.mac, cable.mtu};
    };
    Batch batch;
    new_veth(batch, 0, end(cable.sides[0]), end(cable.sides[1]));
    Socket{}.execute(batch);
}

void restore_side(const Lab& lab, const Cable& cable, std::size_t i, const Snapshot& snapshot) {
    const auto& side = cable.sides.at(i);
    in_netns(lab, side, [&] {
        Batch batch;
        if (lab.single_segments) {
            set_gso_segments(batch, 0, side.index, 1);
        }
        for (const auto& path : snapshot.sysctls.restore(side.name)) {
            spdlog::warn("{}: {} could not be put back", name_of(lab.plan, side), path);
        }
        snapshot.settings.restore(batch, 0);
        Socket socket;
        if (cable.carriage == Carriage::netem && !cable.down) {
            Batch shaping; // before any frame can pass, and not to be done without
            add_netem(shaping, 0, cable, i);
            socket.execute(shaping);
        }
        try {
            socket.execute(batch);
        } catch (const RequestError&) {
            try {
                socket.execute(batch); // a route may need one that came behind it
            } catch (const RequestError& error) {
                spdlog::warn("{}: not all that was set there could be put back: {}",
                             name_of(lab.plan, side), error.what());
            }
        }
    });
}

void make(Lab& lab, std::size_t id, const Snapshots& snapshots) {
    auto& cable = lab.cables[id];
    if (is_of_taps(state_of(cable))) {
        make_taps(lab, cable);
    } else {
        make_veth(lab, cable);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        restore_side(lab, cable, i, snapshots.at(i));
    }
    if (cable.carriage == Carriage::wire && !cable.down) {
        lab.wires.connect(static_cast<WireId>(id), cable);
    }
}

/// New interfaces in the place of the old.
void replug(Lab& lab, std::size_t id, const CableState& wanted) {
    auto& cable = lab.cables[id];
    const auto before = state_of(cable);
    const Snapshots snapshots{snapshot_of(lab, cable.sides[0]), snapshot_of(lab, cable.sides[1])};
    unmake(lab, id);
    set(cable, wanted);
    try {
        make(lab, id, snapshots);
    } catch (const std::exception& error) {
        spdlog::warn("{}: {}; going back", name_of(lab.plan, cable.sides[0]), error.what());
        cable.taps = {};
        set(cable, before);
        try {
            make(lab, id, snapshots);
        } catch (const std::exception&) {
            cable.down = true; // what is left of it passes nothing
            throw;
        }
        throw;
    }
}

bool is_carrier_noted(const Lab& lab, const CableSide& side) {
    if (side.node && !lab.nodes[index(*side.node)].running) {
        return true;
    }
    try {
        return in_netns(lab, side, [&] {
            Socket socket;
            return carrier_noted(socket, side.index);
        });
    } catch (const std::system_error&) {
        return true; // its node has just ended, or the interface is nobody's any more
    }
}

} // namespace

CableState state_of(const Cable& cable) {
    return {cable.carriage, cable.down, cable.entering};
}

void make_taps(const Lab& lab, Cable& cable) {
    cable.counted = {};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& side = cable.sides.at(i);
        cable.taps.at(i) = in_netns(lab, side, [&] {
            return open_tap({side.name, side.index, side.mac, cable.mtu});
        });
    }
}

bool recable(Lab& lab, std::size_t id, const CableState& wanted) {
    auto& cable = lab.cables[id];
    const auto before = state_of(cable);
    if (before == wanted) {
        return false;
    }
    if (wanted.carriage == Carriage::netem && counts_frames(wanted.entering)) {
        send_single_segments(lab);
    }
    if (is_of_taps(before) != is_of_taps(wanted)) {
        replug(lab, id, wanted);
    } else if (is_of_taps(before)) {
        change_taps(lab, id, wanted);
    } else {
        shape_veth(lab, cable, wanted);
    }
    return !wanted.down && (before.down || is_of_taps(before) != is_of_taps(wanted));
}

void pass_over_noted(const Lab& lab, std::vector<std::size_t>& cables) {
    const auto first_to_wait_for = std::ranges::find_if_not(cables, [&](std::size_t id) {
        return std::ranges::all_of(lab.cables[id].sides, [&](const CableSide& side) {
            return is_carrier_noted(lab, side);
        });
    });
    cables.erase(cables.begin(), first_to_wait_for);
}

} // namespace netlab
